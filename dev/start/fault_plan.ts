/** `--faults NAME[:RATE%],…`: what the double of WorkOS is to do wrong. */
import { type FaultKind, faultKinds } from '../workos/fault_kinds.ts';
import type { Misbehaving, Rotation } from '../workos.ts';

/** What is asked for. */
export interface FaultPlan {
  ways: Misbehaving[];
  rotation: Rotation;
  /** As it was asked for. */
  text: string;
}

/** Faults under one name. */
interface Preset {
  about: string;
  ways: Misbehaving[];
  rotation?: Rotation;
}

const HARMLESS = faultKinds.filter((kind) => kind !== 'invalid-grant' && kind !== 'down');

/** The presets by name. */
export const presets: ReadonlyMap<string, Preset> = new Map<string, Preset>([
  [
    'flaky',
    {
      about: 'one request in five meets any of the faults that end no session',
      ways: [{ rate: 0.2, kinds: HARMLESS }],
    },
  ],
  ['outage', { about: 'WorkOS is down: down:100%', ways: [{ rate: 1, kinds: ['down'] }] }],
  [
    'revoked',
    {
      about: 'every session has been revoked: invalid-grant:100%',
      ways: [{ rate: 1, kinds: ['invalid-grant'] }],
    },
  ],
  [
    'strict',
    {
      about: 'no answer is repeated for a spent refresh token; goes with others: strict,cut:20%',
      ways: [],
      rotation: 'strict',
    },
  ],
]);

/** Reads the option's value. Throws an error that says what is wrong with it. */
export function parseFaults(text: string): FaultPlan {
  const wanted = text.split(',').map((item) => parsed(item.trim()));
  const always = wanted.filter((one) => typeof one === 'string');
  const others = wanted.filter((one) => typeof one !== 'string');
  return {
    ways: [
      ...others.flatMap(({ ways }) => ways),
      ...(always.length > 0 ? [{ rate: 1, kinds: always }] : []),
    ],
    rotation: others.find(({ rotation }) => rotation)?.rotation ?? 'replay',
    text,
  };
}

/** Faults without a rate share what the others leave. */
function parsed(item: string): FaultKind | Omit<Preset, 'about'> {
  const cut = item.indexOf(':');
  const name = cut < 0 ? item : item.slice(0, cut);
  const preset = presets.get(name);
  const kind = faultKinds.find((one) => one === name);
  if (kind !== undefined)
    return cut < 0 ? kind : { ways: [{ rate: rateIn(item.slice(cut + 1), name), kinds: [kind] }] };
  if (!preset)
    throw new Error(
      `There is no fault “${name}”. --faults takes ${[...faultKinds, ...presets.keys()].join(', ')}.`,
    );
  if (cut >= 0)
    throw new Error(`--faults ${name} takes no rate: write ${name} instead of “${item}”.`);
  return preset;
}

function rateIn(text: string, name: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new Error(`--faults ${name} takes a rate up to 100%, like ${name}:20%, and not “${text}”.`);
}
