/** The gateway as it is built and deployed. */
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { seal } from '../tests/worker/support/seal.ts';
import { PASSWORD, usual } from '../tests/worker/support/world.ts';
import type { Contestant } from './contestant.ts';
import type { MintedSession } from './workos.ts';
import type { World } from './world.ts';

const root = new URL('../', import.meta.url);

/** Reads the build. */
export function gateway(): Contestant {
  const { version } = parse(readFileSync(new URL('Cargo.toml', root), 'utf8')).package as {
    version: string;
  };
  const { compatibility_flags: flags } = parse(
    readFileSync(new URL('wrangler.toml', root), 'utf8'),
  );
  return {
    letter: 'b',
    name: 'authkit-gateway',
    version: `authkit-gateway ${version}`,
    modules: [
      { name: 'index.js', script: readFileSync(new URL('build/index.js', root), 'utf8') },
      { name: './index_bg.wasm', wasm: readFileSync(new URL('build/index_bg.wasm', root)) },
    ],
    flags: Array.isArray(flags) ? flags.map(String) : [],
    recognizes: true,
    supplies: ({ workos, address }) => ({
      // The log is as talkative as it is where nothing is said of it.
      variables: { ...usual(workos, address), LOG_LEVEL: undefined },
    }),
    cookie: gatewayCookie,
    without: {},
  };
}

/** The `Cookie` field of a visitor of the gateway's; a session too large for one cookie is cut. */
export function gatewayCookie(session: MintedSession, { address }: World): string {
  const { accessToken, refreshToken, user, authenticationMethod } = session;
  const place = { purpose: 'session', cookie: 'wos-session', host: address.hostname } as const;
  const sealed = seal({ accessToken, refreshToken, user, authenticationMethod }, place, PASSWORD);
  if (sealed.length <= ROOM) return `wos-session=${sealed}`;
  const pieces = sealed.match(new RegExp(`.{1,${ROOM}}`, 'g')) ?? [];
  return pieces
    .map((piece, index) => `wos-session.${GENERATION}.${index}.${pieces.length}=${piece}`)
    .join('; ');
}

/** What a cookie of 4,096 bytes has room for beside its name and attributes. */
const ROOM = 3950;
const GENERATION = '0123456789ab';
