// `holdfast token`: a token for a person or an agent, alone on stdout, so that it can be
// put into a variable.

import { bearerDefaults, signBearer, type BearerFlags } from './bearer.ts';
import type { CliCommand } from './frame.ts';

const { person, agent } = bearerDefaults;

const row = (flag: string, ofPerson: string, ofAgent: string): string =>
  `  ${flag.padEnd(12)}${ofPerson.padEnd(34)}${ofAgent}`;

const HELP = `
What is not said:
${row('', 'a person (--kind person)', 'an agent (--kind agent)')}
${row('--rights', `${person.rights.slice(0, 4).join(',')},`, agent.rights.join(','))}
${row('', person.rights.slice(4).join(','), '')}
${row('--sessions', `${person.sessions}: where it belongs`, `${agent.sessions}: all`)}
${row('--ttl', `${person.ttl}, which is the most`, `${agent.ttl}, at most 365d`)}

It is signed with AUTH_SECRET, or else with the secret of the data folder, as the server on
that folder verifies it; the secret is made if there is none. Keep the token like a password.

  holdfast token --sub ann --name Ann
  TOKEN=$(holdfast token --kind agent --sub writer --ttl 30d)`;

export const tokenCommand: CliCommand = {
  name: 'token',
  summary: 'print a token that a server on the same data folder takes',
  define: (command, surroundings) => {
    command
      .option('--sub <id>', 'who it is for, by an id that stays (default: local)')
      .option('--name <name>', 'how others see it (default: the id)')
      .option('--kind <kind>', 'person or agent (default: person)')
      .option('--rights <list>', 'what it may do: read,write,control,annotate,agent,create,admin')
      .option('--sessions <list>', 'where: ids, beginnings with *, member')
      .option('--ttl <time>', 'how long: 90s, 30m, 1h, 7d')
      .option('--data <folder>', 'the data folder (env HOLDFAST_DATA)')
      .addHelpText('after', HELP)
      .action(async (flags: BearerFlags) => {
        const { token } = await signBearer(flags, surroundings);
        surroundings.out(`${token}\n`);
      });
  },
};
