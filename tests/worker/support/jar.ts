/** A browser's cookies (RFC 6265bis), as far as the gateway's cookies depend on it. */

/** A cookie as it is kept. */
export interface Kept {
  name: string;
  value: string;
  /** The host it was set by, or the domain it is shared with. */
  domain: string;
  hostOnly: boolean;
  secure: boolean;
  sameSite: 'lax' | 'none' | 'strict';
}

/** Who began a request: this site, or another one that sent the browser here with a GET. */
export type Initiator = 'same-site' | 'cross-site';

const LARGEST = 4096;

/** The cookies of one browser. */
export class Jar {
  #kept: Kept[] = [];

  /** Keeps, replaces or removes a cookie, as an answer from `url` says; refuses what browsers refuse. */
  store(setCookie: string, url: URL): void {
    const [pair = '', ...rest] = setCookie.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const attributes = new Map(rest.map((part) => pairOf(part)));
    const secure = attributes.has('secure');
    const domain = attributes.get('domain')?.replace(/^\./, '');
    if (Buffer.byteLength(setCookie) > LARGEST) return;
    if (secure && url.protocol !== 'https:' && url.hostname !== 'localhost') return;
    if (attributes.get('samesite')?.toLowerCase() === 'none' && !secure) return;
    if (
      name.startsWith('__Host-') &&
      (!secure || domain !== undefined || attributes.get('path') !== '/')
    )
      return;
    if (domain !== undefined && !matches(url.hostname, domain)) return;
    const kept: Kept = {
      name,
      value,
      domain: domain ?? url.hostname,
      hostOnly: domain === undefined,
      secure,
      sameSite: (attributes.get('samesite')?.toLowerCase() ?? 'lax') as Kept['sameSite'],
    };
    this.#kept = this.#kept.filter((other) => !isSame(other, kept));
    if (Number(attributes.get('max-age') ?? 1) > 0) this.#kept.push(kept);
  }

  /** The `Cookie` field of a top-level GET. */
  field(url: URL, initiator: Initiator): string | undefined {
    const sent = this.#kept
      .filter(({ domain, hostOnly }) =>
        hostOnly ? url.hostname === domain : matches(url.hostname, domain),
      )
      .filter(({ secure }) => !secure || url.protocol === 'https:' || url.hostname === 'localhost')
      .filter(({ sameSite }) => initiator === 'same-site' || sameSite !== 'strict');
    return sent.length > 0
      ? sent.map(({ name, value }) => `${name}=${value}`).join('; ')
      : undefined;
  }

  /** Puts a cookie in, as if an earlier answer from `url` had. */
  plant(name: string, value: string, url: URL): void {
    this.store(
      `${name}=${value}; Path=/; SameSite=Lax${url.protocol === 'https:' ? '; Secure' : ''}`,
      url,
    );
  }

  get names(): string[] {
    return this.#kept.map(({ name }) => name);
  }

  value(name: string): string | undefined {
    return this.#kept.find((kept) => kept.name === name)?.value;
  }

  get all(): readonly Kept[] {
    return this.#kept;
  }

  clear(): void {
    this.#kept = [];
  }
}

function pairOf(part: string): [string, string] {
  const cut = part.indexOf('=');
  return cut < 0
    ? [part.toLowerCase(), '']
    : [part.slice(0, cut).toLowerCase(), part.slice(cut + 1)];
}

function matches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

function isSame(one: Kept, other: Kept): boolean {
  return one.name === other.name && one.domain === other.domain && one.hostOnly === other.hostOnly;
}
