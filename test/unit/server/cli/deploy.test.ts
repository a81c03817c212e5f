// What docs/DEPLOY.md says of flags, variables, commands, metrics and limits is what there is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { accessLimits, addressCap, principalCap } from '../../../../server/access/limits.ts';
import { commands } from '../../../../server/cli/commands.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import { createMetrics } from '../../../../server/http/metrics.ts';
import { roomLimits } from '../../../../server/room/limits.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { surroundingsOf } from '../../../support/cli.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const doc = readFileSync(join(root, 'docs/DEPLOY.md'), 'utf8');

/** The rows of the table whose first header is this one, as cells. */
function table(header: string): readonly (readonly string[])[] {
  const lines = doc.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| ${header} |`));
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'));
  const rows = lines.slice(at + 2, end).map((line) => line.split('|').slice(1, -1));
  if (at === -1 || rows.length === 0) throw new Error(`DEPLOY.md has no table of ${header}`);
  return rows.map((cells) => cells.map((cell) => cell.trim()));
}

const namesIn = (text = ''): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted();

/** The flags of a command, as they are given. */
function flagsOf(name: string): readonly string[] {
  const defined = new Command(name);
  commands.find((each) => each.name === name)?.define(defined, surroundingsOf('/'));
  return defined.options.map(({ long }) => long ?? '');
}

const settings = table('flag');
const settingFlags = settings.flatMap(([flags]) => namesIn(flags));

describe('[W121] the settings of DEPLOY.md', () => {
  test('[W121] are the flags of the commands that run a server', () => {
    expect(sorted(settingFlags)).toEqual(sorted([...flagsOf('start'), ...flagsOf('serve')]));
    const ofStart = settings.filter(([, , , what]) => what?.startsWith('`start` only'));
    const serve = settingFlags.filter((flag) => !ofStart.some(([flags]) => flags?.includes(flag)));
    expect(sorted(serve)).toEqual(sorted(flagsOf('serve')));
  });

  test('[W121] are the variables that the program reads', () => {
    const sources = readdirSync(join(root, 'server'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ name, text: readFileSync(join(root, 'server', name), 'utf8') }));
    const read = sources.flatMap(({ text }) =>
      [...text.matchAll(/\benv(?:\[|,\s*)'([A-Z][A-Z0-9_]+)'/g)].map(([, name = '']) => name),
    );
    expect(sorted(settings.flatMap(([, names]) => namesIn(names)))).toEqual(sorted(read));
    // There is one way to the environment, so that none is read past these.
    const openly = sources.filter(({ text }) => text.includes('process.env'));
    expect(openly.map(({ name }) => name)).toEqual([join('cli', 'surroundings.ts')]);
  });

  test('[W121] stand beside the flag that wins over them', () => {
    for (const [flag, variable] of settings) {
      const [name] = namesIn(flag);
      const defined = new Command('serve');
      commands.find((each) => each.name === 'serve')?.define(defined, surroundingsOf('/'));
      const option = defined.options.find(({ long }) => long === name);
      const said = /\(([A-Z_]+)\)/.exec(option?.description ?? '')?.[1];
      expect([name, said]).toEqual([name, option === undefined ? undefined : namesIn(variable)[0]]);
    }
  });
});

test('[W120] the commands of DEPLOY.md are those that there are, with their flags', () => {
  const rows = table('command').map(([names, flags]) => {
    const [name = ''] = (namesIn(names)[0] ?? '').split(' ');
    return { name, flags: namesIn(flags) };
  });
  expect(rows.map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
  for (const { name, flags } of rows.slice(2)) {
    expect([name, ...sorted(flags)]).toEqual([
      name,
      ...sorted(flagsOf(name).filter((flag) => flag !== '--data')),
    ]);
    expect(flagsOf(name)).toContain('--data');
  }
});

test('[W136] the metrics of DEPLOY.md are those that there are', async () => {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const named = table('metric').flatMap(([names]) => namesIn(names));
  const known = registry.getMetricsAsArray().map(({ name }) => name);
  metrics.close();
  expect(sorted(named)).toEqual(sorted(known));
});

test('the limits of DEPLOY.md are those that there are', () => {
  const known: Readonly<Record<string, number>> = {
    ...limits,
    ...accessLimits,
    ...httpLimits,
    ...roomLimits,
    'addressCap.openMax': addressCap.openMax,
    'principalCap.openMax': principalCap.openMax,
  };
  const written = (name: string): string => {
    const value = known[name] ?? Number.NaN;
    if (name.includes('Bytes')) {
      return value % 2 ** 20 === 0 ? `${value / 2 ** 20} MiB` : `${value / 2 ** 10} KiB`;
    }
    return name.includes('Ms') ? `${value / 3_600_000} h` : value.toLocaleString('en-US');
  };
  const rows = table('what').map(([, limit, name]) => [namesIn(name)[0] ?? '', limit]);
  expect(rows).toEqual(rows.map(([name = '']) => [name, written(name)]));
  expect(rows.length).toBeGreaterThan(10);
});
