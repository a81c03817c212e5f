// `holdfast link`: an address which, once opened, signs a person in. The token stands behind
// the `#`, which a browser sends to no server.

import { signBearer, type BearerFlags } from './bearer.ts';
import type { CliCommand } from './frame.ts';
import { readPort } from './settings.ts';
import { UsageError } from './usage.ts';

interface LinkFlags extends Pick<BearerFlags, 'sub' | 'name' | 'ttl' | 'data'> {
  readonly url?: string | undefined;
}

const HELP = `
Whoever opens the link is that person until the token ends (--ttl, 1h if it is not said and at
most), so send it as you would send a password. It is signed with AUTH_SECRET, or else with the
secret of the data folder, which is made if there is none.

  holdfast link --sub ann --name Ann --url https://chat.example.org`;

export const linkCommand: CliCommand = {
  name: 'link',
  summary: 'print a link by which a person signs in',
  define: (command, surroundings) => {
    command
      .option('--sub <id>', 'who it is for, by an id that stays (default: local)')
      .option('--name <name>', 'how others see it (default: the id)')
      .option('--url <url>', 'where the app is (default: http://localhost and PORT or 1234)')
      .option('--ttl <time>', 'how long: 90s, 30m, 1h')
      .option('--data <folder>', 'the data folder (env HOLDFAST_DATA)')
      .addHelpText('after', HELP)
      .action(async (flags: LinkFlags) => {
        const url = readUrl(flags.url ?? `http://localhost:${readPort({}, surroundings.env)}`);
        const { token } = await signBearer(flags, surroundings);
        surroundings.out(`${signInLink(url, token)}\n`);
      });
  },
};

/** `url` as `readUrl` gives it. */
export function signInLink(url: string, token: string): string {
  return `${url}/#token=${token}`;
}

/** Without what stands at its end. Throws a UsageError. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== undefined && isWeb && url.username === '' && url.search === '' && url.hash === '') {
    return url.href.replace(/\/+$/, '');
  }
  throw new UsageError(
    `--url is the address of the app, such as https://chat.example.org, and "${text}" is none.`,
  );
}
