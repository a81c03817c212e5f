// Finds a Chromium for the tests in a real browser, or installs one. It looks at
// HOLDFAST_CHROMIUM, then at what playwright has installed, then along the PATH; where
// none starts, it asks the system's packages (as root on Debian) or playwright for one.
// What is found has been started once: a file of the right name proves nothing.

import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { readCommand, root } from './process.ts';

/** Browsers on the PATH, the likelier first. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  /** Where playwright's own would be, whether it is or not. */
  readonly ownPath: string;
  /** Whether this starts, and is a Chromium. */
  works(path: string): Promise<boolean>;
  /** Runs a command to its end. Returns whether it went well. */
  run(command: string, args: readonly string[]): Promise<boolean>;
}

/** The path of a Chromium that starts. Installs one where there is none, and throws a sentence where that fails. */
export async function prepareChromium(around: Surroundings = ours()): Promise<string> {
  const wanted = around.env['HOLDFAST_CHROMIUM'];
  if (wanted !== undefined && wanted !== '') {
    if (await around.works(wanted)) return wanted;
    throw new Error(`HOLDFAST_CHROMIUM is ${wanted}, and no Chromium starts there.`);
  }
  const found = await find(around);
  if (found !== undefined) return found;
  for (const [command, ...args] of installers(around)) {
    if (!(await around.run(command, args))) continue;
    const installed = await find(around);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The tests in a browser need Chromium, and none was found or could be installed. ' +
      'Install one (apt-get install chromium, or npx playwright-core install chromium), ' +
      'or name its path in HOLDFAST_CHROMIUM.',
  );
}

async function find(around: Surroundings): Promise<string | undefined> {
  const folders = (around.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [around.ownPath, ...onPath]) {
    if (await around.works(path)) return path;
  }
  return undefined;
}

type Command = readonly [command: string, ...args: string[]];

function installers({ isRoot, isDebian }: Surroundings): readonly Command[] {
  const cli = join(root, 'node_modules', 'playwright-core', 'cli.js');
  const packaged: readonly Command[] = [
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
    ['sh', '-c', 'apt-get update && apt-get install -y --no-install-recommends chromium'],
  ];
  return [...(isRoot && isDebian ? packaged : []), [process.execPath, cli, 'install', 'chromium']];
}

function ours(): Surroundings {
  return {
    env: process.env,
    isRoot: process.getuid?.() === 0,
    isDebian: existsSync('/etc/debian_version') && /debian/i.test(readRelease()),
    ownPath: chromium.executablePath(),
    async works(path) {
      if (!existsSync(path)) return false;
      const { code, text } = await readCommand(path, ['--version']);
      return code === 0 && /chrom/i.test(text);
    },
    async run(command, args) {
      console.log(`No Chromium yet: ${command} ${args.join(' ')}`);
      const { code, text } = await readCommand(command, args, {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      });
      if (code !== 0) console.log(text.slice(-2_000));
      return code === 0;
    },
  };
}

function readRelease(): string {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}
