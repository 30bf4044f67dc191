/** Access tokens: RS256 JWTs (RFC 7519), the keys that sign them, and forgeries for tests. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';

/** What an access token says. */
export interface Claims {
  iss: string;
  sub: string;
  sid: string;
  jti: string;
  iat: number;
  exp: number;
  client_id?: string;
  aud?: string | string[];
  org_id?: string;
  role?: string;
  roles?: string[];
  permissions?: string[];
  entitlements?: string[];
  feature_flags?: string[];
  auth_time?: number;
  act?: { sub: string };
  /** A JWT template may add more. */
  [custom: string]: unknown;
}

/** How to sign; without it as WorkOS does. */
export interface Signing {
  /** `unknown`: by a key that is not published. */
  key?: 'own' | 'unknown';
  /** `HS256`: keyed with the published public key's PEM, the classic confusion. `none`: unsigned. */
  alg?: 'RS256' | 'RS512' | 'HS256' | 'none';
  kid?: string;
  /** Added to the header, or put in place of what is there. */
  header?: Record<string, unknown>;
}

interface Key {
  kid: string;
  secret: KeyObject;
}

/** Signs tokens and publishes the keys to verify them with. */
export class Signer {
  /** Published keys, the one in use first. */
  #keys: [Key, ...Key[]];
  #unpublished: Key | undefined;

  /** Makes a key, or takes one up again from its PEM. */
  constructor(pem?: string) {
    this.#keys = [pem === undefined ? newKey() : named(createPrivateKey(pem))];
  }

  /** The key in use. */
  get pem(): string {
    return this.#keys[0].secret.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** Returns the published keys (RFC 7517). */
  jwks(): { keys: Record<string, unknown>[] } {
    return { keys: this.#keys.map(published) };
  }

  /** Signs from here on with another key, named `kid` where that is given, and returns its `kid`. */
  rotate(old: 'kept' | 'dropped', kid?: string): string {
    const key = { ...newKey(), ...(kid !== undefined && { kid }) };
    this.#keys = [key, ...(old === 'kept' ? this.#keys : [])];
    return key.kid;
  }

  /** Returns the compact serialization (RFC 7515 §7.1). */
  sign(
    claims: Record<string, unknown>,
    { key = 'own', alg = 'RS256', kid, header = {} }: Signing = {},
  ): string {
    const signer = key === 'own' ? this.#keys[0] : this.#forger();
    const input = `${encoded({ alg, kid: kid ?? signer.kid, ...header })}.${encoded(claims)}`;
    return `${input}.${signature(input, alg, signer.secret).toString('base64url')}`;
  }

  #forger(): Key {
    this.#unpublished ??= newKey();
    return this.#unpublished;
  }
}

function signature(input: string, alg: NonNullable<Signing['alg']>, secret: KeyObject): Buffer {
  switch (alg) {
    case 'RS256':
      return sign('RSA-SHA256', Buffer.from(input), secret);
    case 'RS512':
      return sign('RSA-SHA512', Buffer.from(input), secret);
    case 'HS256':
      return createHmac('sha256', createPublicKey(secret).export({ type: 'spki', format: 'pem' }))
        .update(input)
        .digest();
    case 'none':
      return Buffer.alloc(0);
  }
}

function newKey(): Key {
  return named(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
}

function named(secret: KeyObject): Key {
  const { n } = createPublicKey(secret).export({ format: 'jwk' });
  return {
    kid: `key_${createHash('sha256')
      .update(n ?? '')
      .digest('hex')
      .slice(0, 16)}`,
    secret,
  };
}

function published({ kid, secret }: Key): Record<string, unknown> {
  return { ...createPublicKey(secret).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
