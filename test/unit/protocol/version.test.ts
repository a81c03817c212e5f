import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../../src/base/json.ts';
import { agentNewsSchemas, agentRequestSchemas } from '../../../src/protocol/agents.ts';
import { closeReasons } from '../../../src/protocol/close.ts';
import { commandSchemas } from '../../../src/protocol/command.ts';
import { libraryNewsSchemas, libraryRequestSchemas } from '../../../src/protocol/library.ts';
import { decodeFrame, encodeFrame, frameTypes, syncKinds } from '../../../src/protocol/frame.ts';
import { limits, syncAnswerBudget, updateBudget } from '../../../src/protocol/limits.ts';
import { wireRules } from '../../../src/protocol/refusal.ts';
import { claimsSchema, rights } from '../../../src/protocol/token.ts';
import { protocolHistory, protocolVersion } from '../../../src/protocol/version.ts';
import { bytesOf, hexOf, meaningOfFrame } from '../../support/golden-frames.ts';

/**
 * The shape of the wire in each version. A change of the shape asks for a new version: a line in
 * `protocolHistory` and a line here. A line of a version that was released never changes.
 */
const shapes: Readonly<Record<string, string>> = {
  '1.0': '327af7ee7fda0f87',
  '1.1': 'c12321400c0699ee',
};

const name = ({ major, minor }: { major: number; minor: number }): string => `${major}.${minor}`;

/** What a schema demands, as JSON: valibot's own fields, without its functions. */
function shapeOf(schema: unknown): Json {
  if (Array.isArray(schema)) return schema.map(shapeOf);
  if (schema instanceof RegExp) return String(schema);
  if (typeof schema === 'function') return schema.name;
  if (typeof schema !== 'object' || schema === null) return (schema ?? null) as Json;
  const kept = ['type', 'entries', 'pipe', 'wrapped', 'item', 'items', 'options', 'literal'];
  const isSchema = 'kind' in schema;
  const entries = Object.entries(schema)
    .filter(([key]) => !isSchema || kept.includes(key) || key === 'requirement' || key === 'check')
    .map(([key, value]) => [key, shapeOf(value)]);
  return Object.fromEntries(entries) as Json;
}

function wireShape(): string {
  const codes = Object.values(closeReasons).map(({ code, name: word, final }) => [
    code,
    word,
    final,
  ]);
  return canonicalJson({
    frames: { ...frameTypes, sync: { ...syncKinds } },
    commands: shapeOf(commandSchemas),
    library: [shapeOf(libraryRequestSchemas), shapeOf(libraryNewsSchemas)],
    agents: [shapeOf(agentRequestSchemas), shapeOf(agentNewsSchemas)],
    claims: shapeOf(claimsSchema),
    rights,
    codes,
    rules: Object.keys(wireRules),
    limits,
    budgets: [{ ...updateBudget }, { ...syncAnswerBudget }],
  });
}

describe('[W16] the version of the protocol', () => {
  test('[W16] is that of its shape: who changes the wire raises it', () => {
    const hash = createHash('sha256').update(wireShape()).digest('hex').slice(0, 16);
    expect(hash, 'the wire changed: add a version to protocolHistory and its shape here').toBe(
      shapes[name(protocolVersion)],
    );
  });

  test('[W16] has a history in which every version comes once, in order, with its shape', () => {
    expect(protocolHistory.map(name)).toEqual(Object.keys(shapes));
    for (const [index, later] of protocolHistory.entries()) {
      const before = protocolHistory[index - 1] ?? { major: later.major, minor: later.minor - 1 };
      const isNext =
        later.major === before.major
          ? later.minor === before.minor + 1
          : later.major === before.major + 1 && later.minor === 0;
      expect([isNext, later.change.length > 20], name(later)).toEqual([true, true]);
    }
  });

  test('[W16] a shape says when a type, a bound or a key of a command is another', () => {
    const shape = wireShape();
    expect(shape).toContain('"renew-token"');
    expect(shape).toContain('"max_length"');
    expect(shape).toContain(`"requirement":${limits.tokenBytesMax}`);
    expect(shape).toContain('"picklist"');
    expect(shape).not.toContain('[object');
  });
});

interface Golden {
  readonly what: string;
  readonly hex: string;
  readonly means: unknown;
}

const folder = join(import.meta.dirname, '../../golden/protocol');
const golden = readdirSync(folder).flatMap((file) =>
  (JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Golden[]).map((frame) => ({
    version: file.replace(/\.json$/, ''),
    ...frame,
  })),
);

describe('[W16] frames of released versions', () => {
  test('[W16] there are some of every version', () => {
    expect([...new Set(golden.map(({ version }) => version))]).toEqual(Object.keys(shapes));
  });

  test.each(golden)('[W16] $version still means the same: $what', ({ hex, means }) => {
    const bytes = bytesOf(hex);
    expect(JSON.parse(JSON.stringify(meaningOfFrame(bytes)))).toEqual(means);
    const decoded = decodeFrame(bytes);
    expect(decoded.ok && hexOf(encodeFrame(decoded.frame))).toBe(hex);
  });
});
