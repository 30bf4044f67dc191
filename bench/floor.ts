/** The floor: a Worker that only forwards. Nothing that stands in front of a site costs less. */
import type { Contestant } from './contestant.ts';
import { gatewayCookie } from './gateway.ts';

const SCRIPT = `export default {
  fetch(request, { ORIGIN }) {
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(ORIGIN + pathname + search, request));
  },
};
`;

const NOBODY = 'it knows no visitors';

export const floor: Contestant = {
  letter: 'a',
  name: 'only forwards',
  version: 'JavaScript',
  modules: [{ name: 'worker.js', script: SCRIPT }],
  flags: [],
  recognizes: false,
  supplies: () => ({ variables: {} }),
  // It gets what the gateway gets, so that both carry the same bytes.
  cookie: gatewayCookie,
  without: {
    refresh: NOBODY,
    redirect: NOBODY,
    'one-pattern': 'it matches no paths',
    patterns: 'it matches no paths',
  },
};
