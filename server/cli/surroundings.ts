// Everything that a command may know or touch of the process it runs in, so that a test
// can run one without a process.

import { homedir, networkInterfaces } from 'node:os';
import { systemChance, type Chance } from '../../src/base/chance.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
  /** The user's own folder. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Whether a person reads what is printed there, as it comes. */
  readonly terminal: { readonly out: boolean; readonly err: boolean };
  /** How other machines of its networks reach this one. */
  readonly addresses: () => readonly string[];
  /** What was asked for, and nothing else. */
  readonly out: (text: string | Uint8Array) => void;
  /** What went wrong, and how far it is. */
  readonly err: (text: string) => void;
}

export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    folder: process.cwd(),
    home: homedir(),
    platform: process.platform,
    clock: systemClock,
    chance: systemChance(),
    terminal: { out: process.stdout.isTTY, err: process.stderr.isTTY },
    addresses: ownAddresses,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}

/** IPv4 first: it is what people can type. Link-local addresses lead nowhere in a link. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const usable = all.filter(
    ({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address),
  );
  const of = (family: string): readonly string[] =>
    usable.filter((each) => each.family === family).map(({ address }) => address);
  return [...of('IPv4'), ...of('IPv6')];
}
