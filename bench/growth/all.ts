/** What may grow with a site. */
import { connections } from './connections.ts';
import { newCookies, oldCookies } from './cookies.ts';
import { crowds } from './crowds.ts';
import { patterns } from './patterns.ts';
import type { Series } from './series.ts';

/** Every series, in the order of the tables. */
export const SERIES: readonly Series[] = [oldCookies, newCookies, patterns, crowds, connections];
