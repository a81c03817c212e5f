// `holdfast start` with real processes: what it starts, keeps running and takes with it. They wait for
// one another most of the time, so the tests stand side by side.

import { expect, test } from 'vitest';
import { withFolder } from '../../support/folder.ts';
import { childrenOf, eventually, Household, isAlive } from '../../support/household.ts';
import { startServer } from '../../support/server-process.ts';

const commands = (children: readonly { command: string }[]): readonly string[] =>
  children.map(({ command }) => command).sort();

test.concurrent('[A80] [A70] it runs a server and two guides, which answer, and SIGTERM ends them all with 0', () =>
  withFolder(async (folder) => {
    const house = await Household.start(folder);
    expect(house.agents.slice(0, 2)).toEqual(['guide', 'guide']);
    const children = house.children();
    expect(commands(children)).toEqual(['guide', 'guide', 'serve']);
    const ann = await house.visitor('session-of-the-house');
    const run = ann.ask('How do I back up a server?');
    await ann.untilState(run, 'complete');
    expect(ann.text(run)).toMatch(/^From docs\/DEPLOY\.md, "Backup and restore"/);
    ann.close();
    expect(await house.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(house.program.printed.err).toBe('');
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  }));

test.concurrent('[A80] a child that is killed is started again: a guide, and the server at the same place', () =>
  withFolder(async (folder) => {
    const house = await Household.start(folder);
    const before = house.children();
    for (const { pid, command } of before) if (command === 'guide') process.kill(pid, 'SIGKILL');
    const fresh = (command: string): number =>
      house
        .children()
        .filter(
          (child) => child.command === command && !before.some(({ pid }) => pid === child.pid),
        ).length;
    await eventually(() => fresh('guide') === 2, 'two new guides');
    const server = before.find(({ command }) => command === 'serve');
    process.kill(server?.pid ?? 0, 'SIGKILL');
    await eventually(() => fresh('serve') === 1, 'a new server');
    await eventually(() => house.children().length === 3, 'all of them');
    const answers = async (): Promise<boolean> =>
      (await fetch(house.url).catch(() => undefined))?.ok ?? false;
    await eventually(answers, 'an answer at the same place');
    const ann = await house.visitor('session-after-deaths');
    const run = ann.ask('/help');
    await ann.untilState(run, 'complete');
    ann.close();
    expect(await house.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }));

test.concurrent('[A80] children end when their parent is gone, also after its SIGKILL, and the folder is free', () =>
  withFolder(async (folder) => {
    const house = await Household.start(folder);
    const children = house.children();
    expect(children).toHaveLength(3);
    await house.program.kill('SIGKILL');
    await eventually(() => children.every(({ pid }) => !isAlive(pid)), 'the end of the children');
    const server = await startServer({ folder });
    // `holdfast serve` starts no agent.
    expect(childrenOf(server.pid)).toEqual([]);
    expect((await server.stop()).code).toBe(0);
  }));

test.concurrent('[A75] /crash kills a process in mid-reply, and the other goes on', () =>
  withFolder(async (folder) => {
    const house = await Household.start(folder);
    const ann = await house.visitor('session-of-the-crash');
    const run = ann.ask('/crash');
    await ann.untilText(run, ' 20,');
    const holder = house.children();
    await ann.untilState(run, 'stalled');
    const before = ann.text(run);
    await ann.untilState(run, 'complete');
    const text = ann.text(run);
    expect(text.startsWith(before)).toBe(true);
    const numbers = [...(text.split('Watch:')[1] ?? '').matchAll(/\d+/g)].map(Number);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(ann.run(run)?.claim?.epoch).toBe(2);
    await eventually(() => house.children().length === 3, 'a new process in its place');
    expect(house.children()).not.toEqual(holder);
    ann.close();
    expect(await house.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }));
