/** One of the Workers that are compared. */
import type { Variables } from '../tests/worker/support/capnp.ts';
import type { MintedSession } from './workos.ts';
import type { World } from './world.ts';

/** A module of a Worker, as workerd is given it. */
export type Module =
  | { name: string; script: string }
  | { name: string; wasm: Uint8Array<ArrayBufferLike> };

/** What a Worker is given, and whatever had to be started for that. */
export interface Supplies {
  variables: Variables;
  close?(): Promise<void>;
}

/** A Worker, and how to ask it. */
export interface Contestant {
  /** Stands for it in tables and on the command line. */
  letter: string;
  name: string;
  /** What it is made of, with versions. */
  version: string;
  /** What it doesn't do of the gateway's job. */
  remark?: string | undefined;
  /** Its modules, the main one first. */
  modules: readonly Module[];
  /** Its compatibility flags. */
  flags: readonly string[];
  /** Whether it finds out who is asking; the floor doesn't. */
  recognizes: boolean;
  /** What it needs beside `ORIGIN`, `MATCHER` and `UNAUTHENTICATED_PATHS`, which all are given. */
  supplies(world: World): Promise<Supplies> | Supplies;
  /** The `Cookie` field of a visitor who has this session. */
  cookie(session: MintedSession, world: World): Promise<string> | string;
  /** The scenarios it takes no part in, and why. */
  without: Readonly<Record<string, string>>;
}
