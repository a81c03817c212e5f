// `npm start`: a server for whoever sits at this machine, with agents to talk to, and what there
// is to know about it in one block. With --lan it is for the machines of the network too: then nobody is let in
// for nothing, so it prints a link that signs in, with a QR code for phones. The link's
// token ends after an hour, as every person's does.

import { isIPv6 } from 'node:net';
import { renderUnicodeCompact } from 'uqr';
import { assert } from '../../src/base/assert.ts';
import type { TokenKeys } from '../options.ts';
import { signBearerBy } from './bearer.ts';
import type { CliCommand } from './frame.ts';
import { signInLink } from './link.ts';
import { findModel, type FoundModel } from './model-search.ts';
import { localSecret } from './local-secret.ts';
import { listeningLine, withServerOptions } from './serve.ts';
import {
  isCheckout,
  isThisMachine,
  readSettings,
  type SettingFlags,
  type Settings,
} from './settings.ts';
import { type AgentSpec, supervise } from './supervisor.ts';
import type { Surroundings } from './surroundings.ts';

interface StartFlags extends SettingFlags {
  readonly json?: boolean;
  readonly lan?: boolean;
  readonly qr?: boolean;
  readonly model?: boolean;
}

const HELP = `
With --lan it listens on all addresses of this machine, signs people in with the secret of the
data folder (or AUTH_SECRET), and prints a link that signs in from any device of the network.`;

export const startCommand: CliCommand = {
  name: 'start',
  summary: 'run a server with its guide on this machine and say what to do with it',
  define(command, surroundings) {
    withServerOptions(command)
      .option('--lan', 'let other machines of the network in, by a sign-in link')
      .option('--qr', 'print the link as a QR code too, also where stdout is no terminal')
      .option('--no-qr', 'print no QR code')
      .option('--no-model', 'look for no model to run as an agent')
      .addHelpText('after', HELP)
      .action(async (flags: StartFlags) => {
        const isLan = flags.lan === true;
        const settings = readSettings(flags, surroundings, { logLevel: 'warn', isLan });
        const keys = settings.keys ?? {
          secret: await localSecret(settings.data, surroundings.chance),
        };
        const { env, clock } = surroundings;
        const model = flags.model === false ? undefined : findModel({ env, clock, fetch });
        await supervise(
          {
            server: serverArgs(settings),
            port: settings.port,
            env: childEnv(surroundings, isLan ? keys : undefined),
            agents: async () => agentsOf(keys, settings, await model),
            announce: (url, agents) => {
              const names = agents.map(({ name }) => name);
              if (flags.json === true) return listeningLine(url, { agents: names });
              return isLan
                ? lanBlock({ url, keys, settings, surroundings, hasQr: flags.qr, agents })
                : block(
                    placesOf(url, settings, surroundings.addresses()),
                    { settings, agents },
                    surroundings,
                  );
            },
          },
          surroundings,
        );
      });
  },
};

function serverArgs({ host, data, trustProxy, logLevel }: Settings): readonly string[] {
  const flags = { host, data, 'trust-proxy': String(trustProxy), 'log-level': logLevel };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** With --lan the server is for others than whoever sits here, which it is by being given a secret. */
function childEnv({ env }: Surroundings, keys: TokenKeys | undefined): Surroundings['env'] {
  if (keys === undefined || !('secret' in keys)) return env;
  return { ...env, AUTH_SECRET: Buffer.from(keys.secret).toString('utf8') };
}

/** Two guides, so that one can take over from the other. Where nobody here can sign a token, none. */
function agentsOf(
  keys: TokenKeys,
  { data }: Settings,
  found: FoundModel | undefined,
): readonly AgentSpec[] {
  if (!('secret' in keys)) return [];
  const guide = { name: 'guide', args: ['guide', '--data', data, '--may-crash'] };
  if (found === undefined) return [guide, guide];
  const { baseUrl, model, from } = found;
  const args = ['agent', '--data', data, '--base-url', baseUrl, '--model', model];
  return [guide, guide, { name: 'assistant', about: `${model}, ${from}`, args }];
}

interface Lan {
  readonly url: string;
  readonly keys: TokenKeys;
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly hasQr: boolean | undefined;
  readonly agents: readonly AgentSpec[];
}

async function lanBlock({
  url,
  keys,
  settings,
  surroundings,
  hasQr,
  agents,
}: Lan): Promise<string> {
  const places = placesOf(url, settings, surroundings.addresses());
  const app = places.network[0] ?? places.own;
  assert('secret' in keys, 'the settings of --lan have a secret');
  const { token } = await signBearerBy(keys.secret, {}, surroundings);
  const link = signInLink(app, token);
  const isShown = hasQr ?? surroundings.terminal.out;
  const qr = isShown ? `\n${indented(renderUnicodeCompact(link))}\n` : '';
  const program = programOf(surroundings);
  return `${block(places, { settings, agents }, surroundings)}
  Sign in, within an hour and from any device of this network:

${link}
${qr}
  Whoever has this link is you (local), so show it to nobody else. For another person, or later:

    ${program} link --sub ann --name Ann --url ${app}

`;
}

interface Places {
  /** For a browser on this machine. */
  readonly own: string;
  readonly network: readonly string[];
}

function placesOf(url: string, { host }: Settings, addresses: readonly string[]): Places {
  const { port } = new URL(url);
  const at = (name: string): string => `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
  if (isThisMachine(host)) return { own: at('localhost'), network: [] };
  if (host !== '0.0.0.0' && host !== '::') return { own: at(host), network: [at(host)] };
  const heard = addresses.filter((address) => host === '::' || !isIPv6(address));
  return { own: at('localhost'), network: heard.map(at) };
}

interface Household {
  readonly settings: Settings;
  readonly agents: readonly AgentSpec[];
}

function block(
  { own, network }: Places,
  { settings: { data }, agents }: Household,
  surroundings: Surroundings,
): string {
  const others = network.filter((place) => place !== own);
  const rows: readonly (readonly [string, string])[] = [
    ['Here', own],
    ...others.map((place) => ['Network', place] as const),
    ['Data', data],
    ['Agents', agentsLine(agents)],
    ['Tokens', `${programOf(surroundings)} token`],
    ['Stop', 'Ctrl-C'],
  ];
  const lines = rows.map(([name, value]) => `    ${name.padEnd(10)}${value}`);
  const demo = agents.length === 0 ? '' : DEMO;
  return `\n  Holdfast is running.\n\n${lines.join('\n')}\n${demo}\n`;
}

const DEMO = `
  Ask the guide anything about Holdfast, or let it show what the engine does:

    /slow     a long reply: stop it, steer it, watch it on a phone
    /tool     a tool that asks for your approval
    /team     five agents at once, each with its own stop
    /crash    a process dies in mid-reply, and another goes on
`;

function agentsLine(agents: readonly AgentSpec[]): string {
  const [first] = agents;
  const same = agents.filter(({ name }) => name === first?.name).length;
  const told = ({ name, about }: AgentSpec): string =>
    about === undefined ? `${name} (${same} processes)` : `${name} (${about})`;
  const named = [...new Set(agents.map(told))];
  return named.join(', ') || 'none, because tokens are signed elsewhere; see holdfast guide --help';
}

/** How the commands are called from where this one was. */
function programOf({ folder }: Surroundings): string {
  return isCheckout(folder) ? 'npm run -s holdfast --' : 'holdfast';
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');
