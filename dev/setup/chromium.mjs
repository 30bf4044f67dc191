/** A Chrome or Chromium for the browser tests: the machine's own, else one that can be installed. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from './debian.mjs';
import { Failure } from './failure.mjs';
import { fromRoot } from './files.mjs';

export async function ensureChromium() {
  if (chromiumPath()) return;
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) {
    throw new Failure(
      `CHROME_PATH is ${CHROME_PATH}, which isn't a program.`,
      'Correct it, or unset it to have a browser looked for in the usual places.',
    );
  }
  if (mayInstallDebianPackages()) {
    await installDebianPackages('Installing Chromium for the browser tests', 60, ['chromium']);
    if (chromiumPath()) return;
  }
  const playwright = fromRoot('node_modules/playwright-core/cli.js');
  const { tail } = await run('Downloading Chromium for the browser tests', 60, process.execPath, [
    playwright,
    'install',
    'chromium',
  ]);
  if (chromiumPath()) return;
  throw new Failure(
    'The browser tests need Chrome or Chromium, and there is none.',
    'Install either, or say where it is with CHROME_PATH=/path/to/chrome. The other tests need none:\n' +
      '  npm run test:core && npm run test:worker',
    tail,
  );
}

/** The path of a Chrome or Chromium, if there is one. */
export function chromiumPath() {
  return candidates().find(isProgram);
}

/** @returns {string[]} */
function candidates() {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) return [CHROME_PATH];
  return [...inPath(), ...inUsualPlaces(), ...fromPlaywright()];
}

function inPath() {
  const names = [
    'chromium',
    'google-chrome-stable',
    'google-chrome',
    'chrome',
    'chromium-browser',
    'microsoft-edge-stable',
  ];
  const directories = (process.env.PATH ?? '').split(delimiter).filter((path) => path !== '');
  return names.flatMap((name) => directories.map((directory) => join(directory, name)));
}

function inUsualPlaces() {
  const { LOCALAPPDATA = '', PROGRAMFILES = 'C:\\Program Files' } = process.env;
  const mac = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
  return (
    {
      darwin: ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
        mac.map((name) => join(folder, `${name}.app/Contents/MacOS/${name}`)),
      ),
      win32: [PROGRAMFILES, LOCALAPPDATA].map((folder) =>
        join(folder, 'Google\\Chrome\\Application\\chrome.exe'),
      ),
    }[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? []
  );
}

/** Where `playwright-core install chromium` puts its own, the newest first. */
function fromPlaywright() {
  const cache =
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env.LOCALAPPDATA ?? '', 'ms-playwright'),
    }[/** @type {'darwin' | 'win32'} */ (process.platform)] ??
    join(homedir(), '.cache/ms-playwright');
  const inside = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
  ];
  return versionsIn(cache).flatMap((version) => inside.map((path) => join(cache, version, path)));
}

/** @param {string} cache */
function versionsIn(cache) {
  try {
    return readdirSync(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
