/**
 * Builds the Worker: build/index.js and build/index_bg.wasm.
 *
 * 1. Nothing is done where nothing changed since the last build: sources, manifests, tools, mode.
 * 2. `--quick` leaves the slow optimizations out, for the development loop, and the functions' names
 *    in, for stack traces. A quick build is never taken for an optimized one: build/.built.json records
 *    which it is.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ask } from './setup/command.mjs';
import { explain, Failure } from './setup/failure.mjs';
import { fromRoot, json, root } from './setup/files.mjs';
import { toolPath, tools } from './setup/tools.mjs';
import { wasmEnvironment } from './setup/wasm.mjs';

const HELP = `npm run build             builds the optimized Worker into build/
npm run build -- --quick  without the slow optimizations
npm run build -- --force  even if nothing changed`;

const OUTPUTS = ['build/index.js', 'build/index_bg.wasm'];
const RECORD = fromRoot('build/.built.json');

/** What the quick mode changes about the release profile. */
const QUICKLY = {
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_INCREMENTAL: 'true',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
};

/** What rustc and wasm-bindgen use beyond the first version of wasm; workerd has them all. */
const WASM_FEATURES = [
  'bulk-memory',
  'exception-handling',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
];

try {
  main(process.argv.slice(2));
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

/** @param {string[]} args */
function main(args) {
  const unknown = args.find((arg) => !['--quick', '--force'].includes(arg));
  if (unknown !== undefined) {
    console.log(HELP);
    process.exitCode = unknown === '--help' || unknown === '-h' ? 0 : 2;
    return;
  }
  const mode = args.includes('--quick') ? 'quick' : 'optimized';
  const environment = wasmEnvironment();
  const inputs = fingerprint(environment);
  if (!args.includes('--force') && isBuilt(mode, inputs)) {
    console.log(`build/ is up to date (${sizes()})`);
    return;
  }
  const started = Date.now();
  rmSync(RECORD, { force: true });
  build(mode, environment);
  writeFileSync(RECORD, `${JSON.stringify({ mode, inputs, outputs: hashOfOutputs() }, null, 2)}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `Built build/ in ${seconds} s, ${mode === 'quick' ? 'quickly, not for deployment' : mode} (${sizes()})`,
  );
}

/** @param {string} mode @param {Record<string, string>} environment */
function build(mode, environment) {
  const quick = mode === 'quick';
  console.log(
    `Building the Worker${quick ? ', quickly' : ''}: seconds where little changed, a minute or two the first time`,
  );
  // It would optimize, too, but keep the functions' names, which are a tenth of what is deployed.
  const { status, error } = spawnSync(toolPath('worker-build'), ['--release', '--no-opt'], {
    cwd: root,
    env: {
      ...process.env,
      ...environment,
      ...(quick ? QUICKLY : {}),
      ...binaries(),
      RUST_BACKTRACE: '0',
    },
    stdio: 'inherit',
  });
  if (status !== 0) {
    throw new Failure(
      error ? `worker-build could not be run: ${error.message}` : 'The Worker was not built.',
      error ? 'Set it up:\n  node dev/setup.mjs' : 'The reason stands above.',
    );
  }
  enter();
  if (!quick) optimize();
}

/**
 * Puts src/edge/entry.js in front: worker-build's own entry makes two proxies for each request, which
 * costs more than most decisions.
 */
function enter() {
  const inner = fromRoot('build/gateway.js');
  renameSync(fromRoot('build/index.js'), inner);
  const options = [
    '--bundle',
    '--format=esm',
    '--minify',
    '--external:cloudflare:*',
    '--external:*.wasm',
    '--log-level=warning',
    // wasm-bindgen names the module of a snippet once for each of its functions.
    '--log-override:duplicate-object-key=silent',
  ];
  const { status } = spawnSync(
    fromRoot('node_modules/.bin/esbuild'),
    [fromRoot('src/edge/entry.js'), ...options, `--outfile=${fromRoot('build/index.js')}`],
    { stdio: 'inherit' },
  );
  rmSync(inner);
  if (status !== 0)
    throw new Failure('build/index.js was not written.', 'The reason stands above.');
}

/** Makes the wasm smaller, and leaves the functions' names out. */
function optimize() {
  console.log('Optimizing the wasm: about ten seconds');
  const wasm = fromRoot('build/index_bg.wasm');
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
  const { status } = spawnSync(
    process.execPath,
    [fromRoot('node_modules/binaryen/bin/wasm-opt'), wasm, '-Os', ...features, '-o', wasm],
    { stdio: 'inherit' },
  );
  if (status !== 0) throw new Failure('The wasm was not optimized.', 'The reason stands above.');
}

/** worker-build would download these; npm and cargo have them already. @returns {Record<string, string>} */
function binaries() {
  return {
    ESBUILD_BIN: fromRoot('node_modules/.bin/esbuild'),
    WASM_BINDGEN_BIN: toolPath('wasm-bindgen'),
  };
}

/** An optimized build does for quick use too. @param {string} mode @param {string} inputs */
function isBuilt(mode, inputs) {
  const record = json('build/.built.json');
  if (record?.inputs !== inputs || !OUTPUTS.every((path) => existsSync(fromRoot(path))))
    return false;
  return (
    (record.mode === mode || record.mode === 'optimized') && record.outputs === hashOfOutputs()
  );
}

/** A hash of everything the build depends on. @param {Record<string, string>} environment */
function fingerprint(environment) {
  const hash = createHash('sha256');
  const paths = [
    'Cargo.toml',
    'Cargo.lock',
    'rust-toolchain.toml',
    '.cargo/config.toml',
    'build.rs',
    'dev/build.mjs',
    ...sources(),
  ];
  for (const path of paths) {
    if (existsSync(fromRoot(path)))
      hash
        .update(`${path}\0`)
        .update(readFileSync(fromRoot(path)))
        .update('\0');
  }
  hash.update(ask('rustc', ['-vV'], environment) ?? '').update(process.env.RUSTFLAGS ?? '');
  hash.update(JSON.stringify(tools().map(({ program, version }) => [program, version])));
  for (const name of ['binaryen', 'esbuild'])
    hash.update(String(json(`node_modules/${name}/package.json`)?.version));
  return hash.digest('hex');
}

function sources() {
  return readdirSync(fromRoot('src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
    .sort();
}

function hashOfOutputs() {
  const hash = createHash('sha256');
  for (const path of OUTPUTS) hash.update(readFileSync(fromRoot(path)));
  return hash.digest('hex');
}

/** For example "index.js 20 kB, 7 gzipped; index_bg.wasm 400 kB, 160 gzipped". */
function sizes() {
  return OUTPUTS.map((path) => {
    const bytes = readFileSync(fromRoot(path));
    const inKilobytes = (/** @type {Buffer} */ { length }) =>
      (length / 1000).toFixed(length < 100_000 ? 1 : 0);
    return `${path.slice('build/'.length)} ${inKilobytes(bytes)} kB, gzipped ${inKilobytes(gzipSync(bytes, { level: 9 }))}`;
  }).join('; ');
}
