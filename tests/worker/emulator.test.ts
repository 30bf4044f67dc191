/** The straight path against the official emulator, unmodified, so that our double can't become a fiction. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createEmulator, type Emulator } from 'workos/emulate';
import { type EchoSite, identityOf, startEchoSite } from './support/echo.ts';
import { assertToAuthKit } from './support/expect.ts';
import { type Gateway, SCHEME_HEADER, startGateway } from './support/gateway.ts';
import { ask, header, jsonOf, locationOf, type Reply, setCookies } from './support/http.ts';
import { Jar } from './support/jar.ts';
import { open, seal } from './support/seal.ts';
import { NAVIGATION, PASSWORD, usual } from './support/world.ts';

const address = new URL('http://localhost:8787');
const place = { purpose: 'session', cookie: 'wos-session', host: 'localhost' } as const;
let emulator: Emulator;
let site: EchoSite;
let gateway: Gateway;

before(async () => {
  emulator = await createEmulator({
    port: 0,
    seed: { users: [{ email: 'ada@example.com', first_name: 'Ada', email_verified: true }] },
  });
});
