import { describe, expect, test } from 'vitest';
import type { CliCommand } from '../../../../server/cli/frame.ts';
import { UsageError } from '../../../../server/cli/usage.ts';
import { HoldfastError } from '../../../../src/base/error.ts';
import { cli } from '../../../support/cli.ts';

const doing = (act: (out: (text: string) => void) => Promise<void>): CliCommand => ({
  name: 'do',
  summary: 'do something',
  define: (command, { out }) => {
    command.option('--loud <how>', 'how loud').action(() => act(out));
  },
});
const done = doing(async (out) => out('done\n'));
const failing = (error: unknown): CliCommand =>
  doing(async () => {
    throw error;
  });

describe('[W120] a command', () => {
  test('[W120] that did what was asked ends with 0 and prints that alone', async () => {
    expect(await cli(['do'], '/', {}, [done])).toEqual({ code: 0, out: 'done\n', err: '' });
  });

  test.each([
    ['that could not', new HoldfastError('disk', 'The disk is full.'), 1, 'The disk is full.'],
    ['that was called wrongly', new UsageError('--loud is no color.'), 2, '--loud is no color.'],
  ])('[W120] %s says why in one sentence', async (_, error, code, sentence) => {
    const run = await cli(['do'], '/', {}, [failing(error)]);
    expect(run).toEqual({ code, out: '', err: `holdfast: ${sentence}\n` });
  });

  test('[W120] in which there is a bug says all it knows', async () => {
    const run = await cli(['do'], '/', {}, [failing(new TypeError('of no use'))]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toMatch(/^holdfast: TypeError: of no use\n +at /);
    expect(await cli(['do'], '/', {}, [failing('thrown')])).toMatchObject({
      code: 1,
      err: 'holdfast: thrown\n',
    });
  });

  test.each([
    ['an unknown command', ['od'], "unknown command 'od' (Did you mean do?) See --help."],
    [
      'an unknown flag',
      ['do', '--low'],
      "unknown option '--low' (Did you mean --loud?) See --help.",
    ],
    [
      'a flag without its value',
      ['do', '--loud'],
      "option '--loud <how>' argument missing. See --help.",
    ],
    [
      'a word too many',
      ['do', 'it'],
      "too many arguments for 'do'. Expected 0 arguments but got 1: it. See --help.",
    ],
  ])('[W120] called with %s says what would be right', async (_, args, sentence) => {
    expect(await cli(args, '/', {}, [done])).toEqual({
      code: 2,
      out: '',
      err: `holdfast: ${sentence}\n`,
    });
  });

  test.each([[['--help']], [['-h']], [['help']], [['do', '--help']], [['help', 'do']]])(
    '[W120] explains itself on stdout when it is asked to: %j',
    async (args) => {
      const run = await cli(args, '/', {}, [done]);
      expect(run).toMatchObject({ code: 0, err: '' });
      expect(run.out).toMatch(/^Usage: holdfast .*do something/s);
    },
  );

  test('[W120] that is missing is a wrong call, answered with the list of them', async () => {
    const run = await cli([], '/', {}, [done]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('do something');
  });
});
