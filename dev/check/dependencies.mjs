/**
 * Holds the crates in Cargo.lock against deny.toml: licences, sources, banned crates and versions.
 *
 * A small equal of cargo-deny, which takes minutes to build. It knows only the settings that
 * deny.toml has; one it doesn't know is a fault, so that no line there is without effect.
 */
import { spawnSync } from 'node:child_process';
import { parse } from 'smol-toml';
import { root, text } from '../setup/files.mjs';
import { isLicensed } from './licence.mjs';
import { matches } from './version.mjs';

/**
 * @typedef {{ name: string, version: string, license: string | null, source: string | null, id: string }} Package
 * @typedef {{ crate: string, reason: string }} Ban
 * @typedef {{ targets: string[], licences: string[], registries: string[], bans: Ban[] }} Policy
 */

const KNOWN = {
  graph: { targets: undefined },
  licenses: { allow: undefined },
  sources: { 'unknown-registry': 'deny', 'unknown-git': 'deny', 'allow-registry': undefined },
  bans: { 'multiple-versions': 'allow', deny: undefined },
};

/** @returns {string[]} */
export function faultsOfDependencies() {
  /** @type {Record<string, any>} */
  const settings = parse(text('deny.toml') ?? '');
  const unknown = faultsOfPolicy(settings);
  if (unknown.length > 0) return unknown;
  /** @type {Policy} */
  const policy = {
    targets: settings.graph.targets,
    licences: settings.licenses.allow,
    registries: settings.sources['allow-registry'],
    bans: settings.bans.deny,
  };
  const packages = packagesFor(policy.targets);
  if (typeof packages === 'string') return [packages];
  return packages.flatMap((crate) => faultsOf(crate, policy));
}

/** @param {Record<string, any>} settings */
function faultsOfPolicy(settings) {
  const tables = new Set([...Object.keys(settings), ...Object.keys(KNOWN)]);
  return [...tables].flatMap((table) => {
    const known = /** @type {Record<string, Record<string, string | undefined>>} */ (KNOWN)[table];
    if (!known) return [`deny.toml: [${table}] isn't known to dev/check/dependencies.mjs`];
    const keys = new Set([...Object.keys(settings[table] ?? {}), ...Object.keys(known)]);
    return [...keys]
      .filter((key) => {
        const value = settings[table]?.[key];
        return (
          !(key in known) ||
          value === undefined ||
          (known[key] !== undefined && value !== known[key])
        );
      })
      .map(
        (key) =>
          `deny.toml: ${key} in [${table}] is missing, or isn't known to dev/check/dependencies.mjs`,
      );
  });
}

/** @param {Package} crate @param {Policy} policy */
function faultsOf({ name, version, license, source }, { licences, registries, bans }) {
  const crate = `${name} ${version}`;
  const faults = bans
    .filter((ban) => isBanned(name, version, ban))
    .map(({ reason }) => `${crate} is banned: ${reason}`);
  // No source: a crate of this very repository.
  if (source !== null && !registries.includes(source.replace(/^registry\+/, '')))
    faults.push(`${crate} comes from ${source}`);
  if (!isLicensed(license ?? '', licences))
    faults.push(`${crate} has the licence "${license}", which isn't on the list`);
  return faults;
}

/** A ban names a crate, or a crate and versions: `aes-gcm:<0.10.3`. @param {string} name @param {string} version @param {Ban} ban */
function isBanned(name, version, { crate }) {
  const [banned, range] = crate.split(':');
  return banned === name && (range === undefined || matches(version, range));
}

/** The crates that a build for these targets takes, or what cargo says. @param {string[]} targets @returns {Package[] | string} */
function packagesFor(targets) {
  const platforms = targets.flatMap((target) => ['--filter-platform', target]);
  const { status, stdout, stderr } = spawnSync(
    'cargo',
    ['metadata', '--format-version', '1', '--locked', ...platforms],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  return status === 0 ? JSON.parse(stdout).packages : stderr;
}
