// `holdfast guide`: the agent that answers about Holdfast from its documents and shows what the engine
// does, with its team, in one process. `holdfast start` runs two of them.

import { serveAgent } from '../../src/agent/serve.ts';
import type { Handler } from '../../src/agent/conduct.ts';
import { readDocs } from '../guide/docs-folder.ts';
import { guideHandler, teamHandler } from '../guide/guide.ts';
import { DocSearch } from '../guide/search.ts';
import { teamNames } from '../guide/team.ts';
import { linkOf, type LinkFlags, untilStopped, withLinkOptions } from './agent-link.ts';
import type { CliCommand } from './frame.ts';

interface GuideFlags extends LinkFlags {
  readonly mayCrash?: boolean;
}

/** Each reply waits most of the time. */
const CONCURRENCY = 16;
/** Whoever pressed Ctrl-C waits for it; what is not done goes on at the next start. */
const DRAIN_MS = 500;

export const guideCommand: CliCommand = {
  name: 'guide',
  summary: 'run the agent that explains Holdfast and shows what it does',
  define(command, surroundings) {
    withLinkOptions(command)
      .option('--may-crash', 'let it kill its own process when asked to, because it is restarted')
      .action(async (flags: GuideFlags) => {
        const link = await linkOf(flags, 'guide', surroundings);
        const { clock, chance, err } = surroundings;
        const search = new DocSearch(await readDocs());
        const kill = (): void => void process.kill(process.pid, 'SIGKILL');
        const parts = { search, clock, kill: flags.mayCrash === true ? kill : undefined };
        const serve = (name: string, handler: Handler) =>
          serveAgent({
            ...link,
            name,
            handler,
            concurrency: CONCURRENCY,
            onResume: 'continue',
            drainMs: DRAIN_MS,
            onError: (error) => err(`${name}: ${String(error)}\n`),
            platform: { clock, chance },
          });
        const agents = [
          serve('guide', guideHandler(parts)),
          ...teamNames.map((name) => serve(name, teamHandler(name, parts))),
        ];
        await untilStopped(agents, flags, surroundings);
      });
  },
};
