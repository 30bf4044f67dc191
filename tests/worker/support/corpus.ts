/** The corpus of hostile and ordinary paths and return targets, which the core replays too. */
import { readFileSync } from 'node:fs';

/** A return target, as it stands after form decoding. */
export interface ReturnEntry {
  input: string;
  allowed: boolean;
  why: string;
}

/** A request target. */
export interface PathEntry {
  input: string;
  must_be_protected_if_protected: string | null;
  expect?: 'public' | '400' | '400_or_protected';
  requires_preset?: string;
  why: string;
}

interface Corpus {
  return_to: ReturnEntry[];
  paths: PathEntry[];
}

const file = new URL('../../corpora/redirect_and_path.json', import.meta.url);

export const corpus = JSON.parse(readFileSync(file, 'utf8')) as Corpus;
