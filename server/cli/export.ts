// `holdfast export`: what a session holds, as it was committed a moment ago, in the forms in
// which a server gives it over HTTP.

import { DataError, sessionName, storedSession, withData } from './data.ts';
import type { CliCommand } from './frame.ts';
import { checkSession } from '../upkeep/session-check.ts';
import { render, type RenderForm } from '../http/render.ts';
import { UsageError } from './usage.ts';

interface ExportFlags {
  readonly format?: string;
  readonly data?: string;
}

const forms: readonly RenderForm[] = ['json', 'markdown', 'update'];

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'print a session as JSON, as Markdown or as one Yjs update',
  define: (command, surroundings) => {
    command
      .argument('<session>', 'its name')
      .option('--format <format>', 'json, markdown or update (default: json)')
      .option('--data <folder>', 'the data folder (HOLDFAST_DATA)')
      .action(async (name: string, flags: ExportFlags) => {
        const session = sessionName(name);
        const form = readForm(flags.format);
        if (form === 'update' && surroundings.terminal.out) {
          throw new UsageError(
            'An update is bytes, which a terminal cannot show: send it to a file.',
          );
        }
        const bytes = await withData(flags, surroundings, async ({ log }) =>
          written(session, checkSession(await storedSession(log, session)), form),
        );
        surroundings.out(bytes);
      });
  },
};

function readForm(text: string | undefined): RenderForm {
  if (text === undefined) return 'json';
  const form = forms.find((known) => known === text);
  if (form !== undefined) return form;
  throw new UsageError(`--format is of ${forms.join(', ')}, and "${text}" is none of them.`);
}

function written(
  session: string,
  { faults, updates }: Pick<ReturnType<typeof checkSession>, 'faults' | 'updates'>,
  form: RenderForm,
): Uint8Array {
  if (faults.length > 0) {
    throw new DataError('damaged', `${session} cannot be read: ${faults.join('; ')}.`);
  }
  const rendered = render({ form, encoding: 'identity', updates });
  if (!rendered.ok) {
    const why =
      rendered.code === 'too-large'
        ? 'it is too large'
        : 'it is no session that this version knows';
    throw new DataError('unreadable', `${session} cannot be written as ${form}: ${why}.`);
  }
  const { bytes } = rendered;
  return form === 'update' || bytes.at(-1) === 10
    ? bytes
    : Buffer.concat([bytes, Buffer.from('\n')]);
}
