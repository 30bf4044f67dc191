/** Identifiers as WorkOS makes them: a prefix, and characters nobody can guess. */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Returns `prefix_` and 26 random characters of five bits each. */
export function newId(prefix: string): string {
  return `${prefix}_${newUlid()}`;
}

/** Returns 130 random bits, worded like the unprefixed ids in tokens. */
export function newUlid(): string {
  return Array.from(randomBytes(26), (byte) => ALPHABET.charAt(byte & 31)).join('');
}
