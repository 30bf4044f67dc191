/** The npm packages, exactly as package-lock.json names them. */
import { basename } from 'node:path';
import { runOrFail } from './command.mjs';
import { json } from './files.mjs';

/** Installs the npm packages where they differ from package-lock.json. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  const [program, ...args] = npm();
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

/** The npm that runs us, else the one in PATH. @returns {[string, ...string[]]} */
function npm() {
  const path = process.env.npm_execpath;
  return path && basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm'];
}
