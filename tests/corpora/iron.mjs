// Writes iron.json: what iron-session 8.0.4, authkit-nextjs' own, seals with the clock and the randomness of
// src/scripted.rs, so that ours can be compared to the byte; and whether it opens it again. Run: node tests/corpora/iron.mjs
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { sealData, unsealData } from "iron-session";

const NOW = 1_700_000_000_000;
const PASSWORD = "the password sites use in examples";
const OTHER = "one more password, not used any longer";

const user = {
  object: "user", id: "user_01", email: "ada@example.com", emailVerified: true, firstName: "Ada", lastName: "Lovelace", name: null,
  profilePictureUrl: null, lastSignInAt: "2026-01-01T00:00:00.000Z", locale: null, createdAt: "2025-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z", externalId: null, metadata: {},
};
const tokens = { accessToken: "header.claims.signature", refreshToken: "refresh_01" };
const impersonator = { email: "support@example.com", reason: "a ticket" };
const own = { password: PASSWORD, ttl: 0 };

/** [name, what is sealed, `sealData`'s options]; the first four the way the SDKs call it */
const SEALS = [
  ["authkit-nextjs", { ...tokens, user, impersonator: undefined, authenticationMethod: "SSO" }, own],
  ["authkit-nextjs, impersonated", { ...tokens, user, impersonator, authenticationMethod: "Impersonation" }, own],
  ["authkit-session", { ...tokens, user, impersonator: undefined }, own],
  ["workos-node", { organizationId: "org_01", user, ...tokens, authenticationMethod: "Password", impersonator: undefined }, own],
  ["letters beyond ASCII", { ...tokens, user: { ...user, firstName: "Зоя 🦊", lastName: "Ñandú" } }, own],
  ["password beyond ASCII", { a: 1 }, { ...own, password: "пароль из тридцати двух букв или больше 🦊" }],
  ["password longer than a block of SHA-1", { a: 1 }, { ...own, password: PASSWORD.repeat(4) }],
  ["other password", { a: 1 }, { ...own, password: OTHER }],
  ["expires in ten minutes", { a: 1 }, { ...own, ttl: 600 }],
  ["expires after 2^53 ms", { a: 1 }, { ...own, ttl: 2 ** 44 }],
  ["expired a minute ago", { a: 1 }, { ...own, ttl: -60 }],
  ["expired less than a minute ago", { a: 1 }, { ...own, ttl: -59.999 }],
  ["password id 2", { a: 1 }, { ...own, password: { 1: OTHER, 2: PASSWORD } }],
  ["nothing", {}, own],
  ["4 kB", { a: "x".repeat(4000) }, own],
  // One whole block of padding and every other length of it.
  ...Array.from({ length: 16 }, (_, length) => [`padding ${length}`, { a: "x".repeat(length) }, own]),
];

let state = 0n;
/** The bytes of `Scripted::random`. */
webcrypto.getRandomValues = (bytes) => {
  for (let index = 0; index < bytes.length; index++) {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1n);
    bytes[index] = Number(state >> 32n & 0xffn);
  }
  return bytes;
};
Date.now = () => NOW;

const seals = [];
for (const [name, data, options] of SEALS) {
  state = 0n;
  const text = await sealData(data, options);
  const password = typeof options.password === "string" ? options.password : PASSWORD;
  const json = JSON.stringify(data);
  const opens = JSON.stringify(await unsealData(text, { password })) === json;
  seals.push({ name, password, json, text, opens });
}
const lines = seals.map((seal) => ` ${JSON.stringify(seal)}`).join(",\n");
writeFileSync(new URL("iron.json", import.meta.url), `[\n${lines}\n]\n`);
