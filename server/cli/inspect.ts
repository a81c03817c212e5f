// `holdfast inspect`: what a session is made of, for people, or with --json for programs.

import { structureOf, type SessionStructure } from '../upkeep/session-structure.ts';
import { sessionName, storedSession, unavailableError, withData } from './data.ts';
import type { CliCommand } from './frame.ts';
import { counted, sized } from './words.ts';

interface InspectFlags {
  readonly json?: boolean;
  readonly data?: string;
}

export const inspectCommand: CliCommand = {
  name: 'inspect',
  summary: 'print what a session is made of: clients, sizes, runs, faults',
  define: (command, surroundings) => {
    command
      .argument('<session>', 'its name')
      .option('--json', 'as JSON')
      .option('--data <folder>', 'the data folder (HOLDFAST_DATA)')
      .action(async (name: string, flags: InspectFlags) => {
        const session = sessionName(name);
        const structure = await withData(flags, surroundings, async ({ log }) => {
          const stored = await storedSession(log, session);
          const members = await log.members.of(session);
          if (!members.ok) throw unavailableError(members);
          return structureOf(stored, members.members);
        });
        surroundings.out(flags.json === true ? `${JSON.stringify(structure)}\n` : told(structure));
      });
  },
};

function told(structure: SessionStructure): string {
  const { log, document, messages, runs, members, damage, faults, clients } = structure;
  const states = Object.entries(runs).map(([state, count]) => `${count} ${state}`);
  const merged =
    log.merged === 0
      ? ''
      : `a snapshot of records 1 to ${log.merged} (${sized(log.snapshotBytes)}), `;
  const rows: readonly (readonly [string, string])[] = [
    ['session', structure.session],
    ['generation', structure.generation],
    ['stored', `${merged}${counted(log.records, 'record')} (${sized(log.recordBytes)})`],
    [
      'document',
      `${sized(document.bytes)}, ${counted(document.structs, 'struct')}, ${document.deleted} deleted`,
    ],
    ['messages', `${messages.all}, ${messages.deleted} of them deleted`],
    ['runs', states.join(', ') || 'none'],
    [
      'members',
      members.map(({ principal, role }) => `${principal} (${role})`).join(', ') || 'none',
    ],
    ['damage', damage.join('; ') || 'none'],
    ['faults', faults.join('; ') || 'none'],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(12)}${value}`);
  return `${[...lines, '', ...clientLines(clients)].join('\n')}\n`;
}

function clientLines(clients: SessionStructure['clients']): readonly string[] {
  const row = (...cells: readonly string[]): string =>
    cells.map((cell, at) => (at < 4 ? cell.padStart(12) : `  ${cell}`)).join('');
  return [
    row('client', 'structs', 'clock', 'deleted', 'owner'),
    ...clients.map(({ client, structs, clock, deleted, owner }) =>
      row(...[client, structs, clock, deleted].map(String), owner === '' ? '(the server)' : owner),
    ),
  ];
}
