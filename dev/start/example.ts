/** The sites in `examples/`, each of which can stand behind the gateway in place of the demo site. */
import { readdirSync } from 'node:fs';
import { fromRoot, json } from '../setup/files.mjs';
import type { Variables } from './dev_vars.ts';

/** What a site's `example.json` says. */
export interface Example {
  name: string;
  directory: string;
  /** What it shows, in a few words. */
  about: string;
  /** What runs it; nothing runs a site that is only files. */
  runtime?: 'node' | 'python' | 'ruby';
  /** What its runtime is given to build it, and to run it; the port to listen on is in `PORT`. */
  build?: string[];
  run?: string[];
  /** Whether it keeps an AuthKit SDK, which needs the gateway's `WORKOS_*` variables. */
  sdk?: boolean;
  /** The directory with the files of a site that is only files. */
  assets?: string;
  /** What the gateway is to be told about it. */
  variables: Variables;
}

/** Returns every example. */
export function examples(): Example[] {
  const names = readdirSync(fromRoot('examples')).sort();
  return names.map(read).filter((example) => example !== undefined);
}

/** Returns what an example's own AuthKit SDK is to know of the gateway's variables. */
export function sdkVariables({ sdk }: Example, variables: Variables): Variables {
  if (!sdk) return {};
  const shared = Object.entries(variables).filter(([name]) => name.startsWith('WORKOS_'));
  const redirect = variables['WORKOS_REDIRECT_URI'] ?? '';
  return { ...Object.fromEntries(shared), NEXT_PUBLIC_WORKOS_REDIRECT_URI: redirect };
}

/** Returns the example of that name. Throws an error that names them all where there is none. */
export function exampleNamed(name: string): Example {
  const all = examples();
  const example = all.find((one) => one.name === name);
  if (example) return example;
  const names = all.map((one) => one.name).join(', ');
  throw new Error(`There is no example “${name}”. --example takes one of ${names}.`);
}

/** Returns the lines of `--help` that list them. */
export function listOfExamples(): string {
  return examples()
    .map(({ name, about }) => `    ${name.padEnd(15)}  ${about}\n`)
    .join('');
}

function read(name: string): Example | undefined {
  const settings = json(`examples/${name}/example.json`);
  return settings && { ...settings, name, directory: fromRoot('examples', name) };
}
