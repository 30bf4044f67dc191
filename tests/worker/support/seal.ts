/**
 * A second reading of the `v1` seal, independent of the gateway's: what it seals the gateway must
 * open, and the other way round.
 *
 * `v1.` + base64url(key id 4 ‖ salt 16 ‖ nonce 12 ‖ AES-256-GCM ciphertext ‖ tag 16)
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What a sealed text is for and where it belongs. */
export interface Place {
  purpose: 'session' | 'flow';
  /** The cookie's name. */
  cookie: string;
  /** Empty where the cookie is shared by a domain. */
  host: string;
}

/** Seals a value as JSON. */
export function seal(value: unknown, place: Place, password: string): string {
  const id = keyId(password);
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', key(password, salt, place), nonce);
  cipher.setAAD(associatedData(place, id));
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  const bytes = Buffer.concat([id, salt, nonce, text, cipher.getAuthTag()]);
  return `v1.${bytes.toString('base64url')}`;
}

/** Opens a sealed text; throws where it was not sealed so. */
export function open(text: string, place: Place, password: string): Record<string, unknown> {
  if (!text.startsWith('v1.')) throw new Error('not a v1 seal');
  const bytes = Buffer.from(text.slice(3), 'base64url');
  const id = bytes.subarray(0, 4);
  if (!id.equals(keyId(password))) throw new Error('sealed with another password');
  const decipher = createDecipheriv(
    'aes-256-gcm',
    key(password, bytes.subarray(4, 20), place),
    bytes.subarray(20, 32),
  );
  decipher.setAAD(associatedData(place, id));
  decipher.setAuthTag(bytes.subarray(-16));
  const plain = Buffer.concat([decipher.update(bytes.subarray(32, -16)), decipher.final()]);
  return JSON.parse(plain.toString('utf8')) as Record<string, unknown>;
}

function keyId(password: string): Buffer {
  return derived(password, Buffer.alloc(0), 'authkit-gateway v1 key id', 4);
}

function key(password: string, salt: Buffer, { purpose }: Place): Buffer {
  return derived(password, salt, `authkit-gateway v1 ${purpose}`, 32);
}

function derived(password: string, salt: Buffer, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', password, salt, info, length));
}

function associatedData({ purpose, cookie, host }: Place, id: Buffer): Buffer {
  const fields = [
    Buffer.from('v1'),
    Buffer.from(purpose),
    id,
    Buffer.from(cookie),
    Buffer.from(host),
  ];
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  );
}
