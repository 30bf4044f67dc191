/** Requests as a browser sends them. */

/** A request for a page. */
export interface Visit {
  path: string;
  /** The `Cookie` field; default: none. */
  cookie?: string | undefined;
  /** More header lines. */
  headers?: Readonly<Record<string, string>>;
}

/** By this header the runtime knows that visitors use https. */
export const SCHEME_HEADER = 'x-bench-scheme';

const BROWSER = [
  'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-language: en-US,en;q=0.9',
  'accept-encoding: gzip, deflate, br, zstd',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
  'sec-fetch-dest: document',
  'sec-fetch-mode: navigate',
  'sec-fetch-site: same-origin',
  'sec-fetch-user: ?1',
  'upgrade-insecure-requests: 1',
];

/** Writes a request of somebody who goes to a page. */
export function navigation({ host }: URL, { path, cookie, headers = {} }: Visit): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    `${SCHEME_HEADER}: https`,
    ...BROWSER,
    ...(cookie === undefined ? [] : [`cookie: theme=dark; ${cookie}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
