/** The faults there are, and what a person sees where one of them happens to every request. */
import { deedOf, type FaultKind } from '../workos/fault_kinds.ts';
import { presets } from './fault_plan.ts';

/** What is seen, and of which faults. */
const SEEN: [seen: string, kinds: FaultKind[]][] = [
  [
    `Pages work until the token has run out; then comes a 503 page that tries again by itself.
  Nobody is signed out. Signing in ends on a 502 page.`,
    [
      'refused',
      'redirect',
      '429',
      '429-retry-after',
      '500',
      '502-html',
      '503-retry-after',
      'invalid-client',
    ],
  ],
  ['The same, but those pages take up to 20 seconds to come.', ['hang', 'late']],
  [
    `The same, but the refresh token is spent, and WorkOS repeats its answer for 30 seconds only:
  where this lasts longer, one has to sign in again.`,
    ['lost-reply', 'cut', 'garbage', 'huge'],
  ],
  ['A page whose token has run out comes as late as WorkOS answers.', ['slow']],
  [
    `Nothing, where the gateway has the keys already. Where it has none, the 503 page of the others
  comes until there are keys, and signing in ends on a 502 page.`,
    ['keys-down', 'keys-garbage'],
  ],
  ['The 503 page of the others, and no sign-in page at all.', ['down']],
  ['Once the token has run out, one is sent to sign in.', ['invalid-grant']],
];

/** What `--faults` shows without a value. */
export const listOfFaults =
  () => `--faults NAME[:RATE%][,…]  makes the double of WorkOS fail, for every request or for RATE % of them.
Below 100 % hardly anything is seen but a slower page: the gateway asks again.

${SEEN.map(([seen, kinds]) => `  ${seen}\n${listed(kinds.map((kind) => [kind, deedOf(kind)]))}`).join('\n')}
  All at once:
${listed([...presets].map(([name, { about }]) => [name, about]))}`;

function listed(rows: [name: string, about: string][]): string {
  return rows.map(([name, about]) => `    ${name.padEnd(15)}  ${about}\n`).join('');
}
