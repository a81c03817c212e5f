// A process that writes to a log and says what it was told, until somebody kills it.
//
//     node log-writer.ts FOLDER SEED [POINT PASSES]
//
// It prints a line for each thing that it was told is durable, after it was told. With a
// point it kills itself there.

import { writeSync } from 'node:fs';
import { below, seededChance } from '../../src/base/chance.ts';
import { compactSession } from '../../server/log/compaction.ts';
import { bytesOf, textOf } from '../../server/log/contract-case.ts';
import { crashPoints, type CrashPoint } from '../../server/log/crash-point.ts';
import { openEmbeddedLog } from '../../server/log/embedded.ts';

const [folder = '', seed = '1', wanted, passes = '1'] = process.argv.slice(2);
const chance = seededChance(Number(seed));
const point = crashPoints.find((name) => name === wanted);
let left = Number(passes);

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const pass = async (at: CrashPoint): Promise<void> => {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL');
};

const limits = { fileBytesMax: 20_000, waitMs: 5, waitBytesMax: 8_000, moveBytesMax: 4_000 };
const log = await openEmbeddedLog({
  folder,
  chance,
  limits,
  pass,
  ...(point === undefined ? {} : { killStoreAt: { point, passes: left } }),
});
say(`opened ${log.faults.length}`);

async function write(session: string): Promise<void> {
  const opened = await log.open(session);
  if (!opened.ok) await log.create(session);
  let seq = opened.ok ? opened.head.seq : 0;
  for (let step = 0; ; step++) {
    const text = `${session}:${seq + 1}:${chance.uint32()}:${'w'.repeat(below(chance, 200))}`;
    const answer = await log.append(session, seq, [], bytesOf(text));
    if (!answer.ok) throw new Error(answer.code);
    seq = answer.seq;
    say(`durable ${session} ${seq} ${text}`);
    if (step % 40 === 39) await compact(session);
    if (step % 70 === 69) await forget();
  }
}

async function compact(session: string): Promise<void> {
  await compactSession(log, session, async ({ snapshot, records }) => {
    const before = snapshot === undefined ? [] : [textOf(snapshot.bytes)];
    const all = [...before, ...records.map(({ bytes }) => textOf(bytes))];
    return { snapshot: bytesOf(all.join('\n')), index: bytesOf('') };
  });
}

/** A session that is made, written to and deleted. */
async function forget(): Promise<void> {
  const session = `gone-${chance.uint32()}-0123456789`;
  await log.create(session);
  await log.append(session, 0, [], bytesOf(`WORDS-OF-${session}`));
  const answer = await log.delete(session);
  if (answer.ok) say(`deleted ${session}`);
}

const sessions = ['one-0123456789abcdef', 'two-0123456789abcdef', 'six-0123456789abcdef'];
await Promise.all(sessions.map(write));
