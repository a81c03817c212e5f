// `npm start`: a server for whoever sits at this machine, and what there is to know about it
// in one block. With --lan it is for the machines of the network too: then nobody is let in
// for nothing, so it prints a link that signs in, with a QR code for phones. The link's
// token ends after an hour, as every person's does.

import { isIPv6 } from 'node:net';
import { renderUnicodeCompact } from 'uqr';
import { assert } from '../../src/base/assert.ts';
import type { TokenKeys } from '../options.ts';
import { signBearerBy } from './bearer.ts';
import type { CliCommand } from './frame.ts';
import { signInLink } from './link.ts';
import { runServer } from './running.ts';
import { listeningLine, withServerOptions } from './serve.ts';
import {
  isCheckout,
  isThisMachine,
  readSettings,
  type SettingFlags,
  type Settings,
} from './settings.ts';
import type { Surroundings } from './surroundings.ts';

interface StartFlags extends SettingFlags {
  readonly json?: boolean;
  readonly lan?: boolean;
  readonly qr?: boolean;
}

const HELP = `
With --lan it listens on all addresses of this machine, signs people in with the secret of the
data folder (or AUTH_SECRET), and prints a link that signs in from any device of the network.`;

export const startCommand: CliCommand = {
  name: 'start',
  summary: 'run a server on this machine and say what to do with it',
  define(command, surroundings) {
    withServerOptions(command)
      .option('--lan', 'let other machines of the network in, by a sign-in link')
      .option('--qr', 'print the link as a QR code too, also where stdout is no terminal')
      .option('--no-qr', 'print no QR code')
      .addHelpText('after', HELP)
      .action(async (flags: StartFlags) => {
        const isLan = flags.lan === true;
        const settings = readSettings(flags, surroundings, { logLevel: 'warn', isLan });
        await runServer(settings, surroundings, (url, keys) => {
          if (flags.json === true) return listeningLine(url);
          return isLan
            ? lanBlock({ url, keys, settings, surroundings, hasQr: flags.qr })
            : block(placesOf(url, settings, surroundings.addresses()), settings, surroundings);
        });
      });
  },
};

interface Lan {
  readonly url: string;
  readonly keys: TokenKeys;
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly hasQr: boolean | undefined;
}

async function lanBlock({ url, keys, settings, surroundings, hasQr }: Lan): Promise<string> {
  const places = placesOf(url, settings, surroundings.addresses());
  const app = places.network[0] ?? places.own;
  assert('secret' in keys, 'the settings of --lan have a secret');
  const { token } = await signBearerBy(keys.secret, {}, surroundings);
  const link = signInLink(app, token);
  const isShown = hasQr ?? surroundings.terminal.out;
  const qr = isShown ? `\n${indented(renderUnicodeCompact(link))}\n` : '';
  const program = programOf(surroundings);
  return `${block(places, settings, surroundings)}
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

function block({ own, network }: Places, { data }: Settings, surroundings: Surroundings): string {
  const others = network.filter((place) => place !== own);
  const rows: readonly (readonly [string, string])[] = [
    ['Here', own],
    ...others.map((place) => ['Network', place] as const),
    ['Data', data],
    ['Tokens', `${programOf(surroundings)} token`],
    ['Stop', 'Ctrl-C'],
  ];
  const lines = rows.map(([name, value]) => `    ${name.padEnd(10)}${value}`);
  return `\n  Holdfast is running.\n\n${lines.join('\n')}\n\n`;
}

/** How the commands are called from where this one was. */
function programOf({ folder }: Surroundings): string {
  return isCheckout(folder) ? 'npm run -s holdfast --' : 'holdfast';
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');
