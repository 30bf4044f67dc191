/** Debian packages, where we may install them. */
import { ask, run } from './command.mjs';

/** Whether this is Debian and we are root. (Ubuntu's `chromium` is a stub for a snap.) */
export function mayInstallDebianPackages() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return (
    ask('sh', ['-c', '. /etc/os-release && echo "$ID" && command -v apt-get'])?.startsWith(
      'debian\n',
    ) === true
  );
}

/**
 * Installs Debian packages; resolves to whether that worked.
 *
 * @param {string} what
 * @param {number} seconds
 * @param {string[]} names
 */
export async function installDebianPackages(what, seconds, names) {
  const command = `apt-get update -q && apt-get install -q -y --no-install-recommends ${names.join(' ')}`;
  const { ok } = await run(
    `${what}: apt-get install ${names.join(' ')}`,
    seconds,
    'sh',
    ['-c', command],
    {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
  return ok;
}
