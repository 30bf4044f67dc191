/** The npm packages, exactly as package-lock.json names them. */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { runOrFail } from './command.mjs';
import { Failure } from './failure.mjs';
import { fromRoot, json } from './files.mjs';

/** Installs the npm packages where they differ from package-lock.json. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  const [program, ...args] = npm();
  removePackages();
  await runOrFail(
    'Look at what npm says above. Behind a proxy or a mirror, tell npm where it is:\n' +
      '  npm config set registry <its address>\n' +
      'Then run the same command again: it starts afresh.',
    'Installing npm packages',
    30,
    program,
    [...args, 'ci', '--loglevel=error', '--no-audit', '--no-fund'],
    { shell: process.platform === 'win32' },
  );
}

/** npm would do so itself, but gives up where an install that was interrupted has not quite ended. */
function removePackages() {
  try {
    rmSync(fromRoot('node_modules'), {
      recursive: true,
      force: true,
      maxRetries: 8,
      retryDelay: 200,
    });
  } catch (error) {
    throw new Failure(
      `node_modules could not be removed: ${error instanceof Error ? error.message : error}`,
      'Is another npm still at work there? Wait for it, then run this again.',
    );
  }
}

/**
 * Whether node_modules holds what the lock file names. npm writes its own record last of all, so an
 * interrupted install has none; packages for other platforms (all optional) may be absent.
 */
function packagesAreCurrent() {
  /** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Entry */
  /** @type {Record<string, Entry> | undefined} */
  const installed = json('node_modules/.package-lock.json')?.packages;
  /** @type {Record<string, Entry>} */
  const { '': _project, ...wanted } = json('package-lock.json')?.packages ?? {};
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    const other = installed[path];
    if (!other) return entry.optional === true;
    return other.version === entry.version && other.integrity === entry.integrity;
  });
}

/**
 * The npm that runs us, else the one in PATH; on a Node that doesn't go away with the packages.
 *
 * @returns {[string, ...string[]]}
 */
function npm() {
  const { npm_execpath: path, npm_node_execpath } = process.env;
  const node = [npm_node_execpath, process.execPath].find(
    (candidate) => candidate && !candidate.startsWith(fromRoot('node_modules')),
  );
  return node && path && basename(path) === 'npm-cli.js' ? [node, path] : ['npm'];
}
