// How a command that runs agents finds its server, and what it shows there. Without a word it is the
// server that runs on the data folder, and the token is signed with the secret of that folder,
// anew whenever one is needed.

import type { Command } from 'commander';
import { HoldfastError } from '../../src/base/error.ts';
import type { Agent } from '../../src/agent/serve.ts';
import { connectControl } from '../upkeep/control-client.ts';
import { signBearer } from './bearer.ts';
import { stdinOption } from './serve.ts';
import { readDataFolder } from './settings.ts';
import { stopWish } from './stop-wish.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';

export interface LinkFlags {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly stopWithStdin?: boolean;
}

class NoServer extends HoldfastError<'no-server'> {
  override readonly name = 'NoServer';
}

const HELP = `
Without --url it serves the server that runs on the data folder of this machine. Without a token
one is signed with the secret of that folder, or with AUTH_SECRET. HOLDFAST_TOKEN is better than
--token, which everybody on the machine can read.`;

export function withLinkOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the server to join')
    .option('--token <token>', 'a token with the right agent (HOLDFAST_TOKEN)')
    .option('--data <folder>', 'the data folder of a server on this machine (HOLDFAST_DATA)')
    .option(...stdinOption)
    .addHelpText('after', HELP);
}

export interface AgentLink {
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly onTrouble: (sentence: string) => void;
}

/** Throws a UsageError or a NoServer. */
export async function linkOf(
  flags: LinkFlags,
  name: string,
  surroundings: Surroundings,
): Promise<AgentLink> {
  const { env, err } = surroundings;
  const given = flags.token ?? (env['HOLDFAST_TOKEN'] || undefined);
  const sign = async (): Promise<string> => {
    const wish = { kind: 'agent', sub: `agent:${name}`, name, ttl: '12h' };
    const data = flags.data === undefined ? {} : { data: flags.data };
    return (await signBearer({ ...wish, ...data }, surroundings)).token;
  };
  return {
    url: flags.url === undefined ? await ownServer(flags, surroundings) : urlIn(flags.url),
    token: given === undefined ? sign : () => Promise.resolve(given),
    onTrouble: (sentence) => err(`${name}: ${sentence}\n`),
  };
}

function urlIn(text: string): string {
  if (URL.canParse(text) && /^(?:https?|wss?):/.test(text)) return text;
  throw new UsageError(`--url is an address such as http://localhost:1234, and "${text}" is none.`);
}

async function ownServer(flags: LinkFlags, surroundings: Surroundings): Promise<string> {
  const data = readDataFolder(flags, surroundings);
  const other = await connectControl(data);
  await other?.close();
  const url = other?.holder.url;
  if (url !== undefined) return url;
  throw new NoServer(
    'no-server',
    `No server runs on ${data}: start one with holdfast start, or say where it is with --url.`,
  );
}

/** Resolves when it was told to stop and all agents have ended their work or given it back. */
export async function untilStopped(
  agents: readonly Agent[],
  { stopWithStdin = false }: LinkFlags,
  { clock }: Surroundings,
): Promise<void> {
  const wish = stopWish(clock, stopWithStdin);
  await wish.stopped;
  await Promise.all(agents.map((agent) => agent.drain()));
  wish.end();
}
