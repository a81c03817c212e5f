// What all commands share: how they are called, what they print where, and how they end.
//
//     0  it did what was asked      what was asked for is on stdout, alone
//     1  it could not               one sentence on stderr
//     2  it was called wrongly      one sentence on stderr, which says what would be right
//
// A command is one file that exports a CliCommand, and one line in commands.ts.

import { Command, CommanderError } from 'commander';
import { HoldfastError } from '../../src/base/error.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';

export interface CliCommand {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /**
   * Adds flags, help and the action. The action throws a UsageError for what was called
   * wrongly, and another HoldfastError for what it could not do.
   */
  readonly define: (command: Command, surroundings: Surroundings) => void;
}

const DONE = 0;
const FAILED = 1;
const CALLED_WRONGLY = 2;

/** Runs what `args` say (without the program) and gives the exit code. Never throws. */
export async function runCli(
  args: readonly string[],
  commands: readonly CliCommand[],
  surroundings: Surroundings,
): Promise<number> {
  const { err } = surroundings;
  try {
    await programOf(commands, surroundings).parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return codeOf(error);
    err(`holdfast: ${sentenceOf(error)}\n`);
    return error instanceof UsageError ? CALLED_WRONGLY : FAILED;
  }
}

function programOf(commands: readonly CliCommand[], surroundings: Surroundings): Command {
  const { out, err } = surroundings;
  const program = new Command('holdfast')
    .description('Sessions between people and agents that lose nothing.')
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: (text, write) => write(`holdfast: ${wrongCall(text)}\n`),
    });
  for (const { name, summary, define } of commands) {
    // Inherits how the program prints and ends.
    define(program.command(name).summary(summary).description(summary), surroundings);
  }
  return program;
}

/** Help that was asked for is what was asked for; help in the place of a command is not. */
function codeOf(error: CommanderError): number {
  return error.exitCode === 0 ? DONE : CALLED_WRONGLY;
}

/** commander begins with `error:` and puts what it suggests on lines of their own. */
function wrongCall(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s+/g, ' ');
  return `${words.replace(/([^.?)])$/, '$1.')} See --help.`;
}

/** Of what nobody expected, all that is known: it is a bug. */
function sentenceOf(error: unknown): string {
  if (error instanceof HoldfastError) return error.message;
  const ofDisk = diskSentence(error);
  if (ofDisk !== undefined) return ofDisk;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const DISK: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this user',
  EEXIST: 'is there already',
  EISDIR: 'is a folder',
  ENOENT: 'does not exist',
  ENOSPC: 'is on a disk that is full',
  ENOTDIR: 'is not in a folder',
  EPERM: 'may not be used by this user',
  EROFS: 'is on a disk that can only be read',
};

/** What a disk refuses is nobody's bug. */
function diskSentence(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const why = DISK[String(error.code)];
  const path = 'path' in error ? error.path : undefined;
  if (why === undefined || typeof path !== 'string') return `${error.message}.`;
  return `${path} ${why}.`;
}
