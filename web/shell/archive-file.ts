// A file with sessions in it, out and in: what a person takes away of their own, and brings
// back. It is what `Export as JSON` writes, one session or many. Words that come back are the
// words of whoever brings them, each saying who wrote it: nobody can make another one speak.

export interface ArchivedMessage {
  readonly id: string;
  readonly parent: string | null;
  readonly role: string;
  readonly author: string;
  readonly createdAt: number;
  readonly text: string;
}

export interface ArchivedSession {
  readonly title: string;
  readonly messages: readonly ArchivedMessage[];
}

export const archiveFormat = 'holdfast-export';
const transcriptFormat = 'holdfast-transcript';
const messagesMax = 20_000;
const sessionsMax = 5_000;

/** Undefined where it is no such file. */
export function readArchive(text: string): readonly ArchivedSession[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  if (value['format'] === transcriptFormat) return readAll([value]);
  const { format, sessions } = value;
  return format === archiveFormat && Array.isArray(sessions) ? readAll(sessions) : undefined;
}

function readAll(values: readonly unknown[]): readonly ArchivedSession[] | undefined {
  if (values.length > sessionsMax) return undefined;
  const sessions = values.map(readSession);
  return sessions.every((session) => session !== undefined) ? sessions : undefined;
}

function readSession(value: unknown): ArchivedSession | undefined {
  if (!isRecord(value) || value['format'] !== transcriptFormat) return undefined;
  const { title, messages } = value;
  if (typeof title !== 'string' || !Array.isArray(messages)) return undefined;
  if (messages.length > messagesMax) return undefined;
  const read = messages.map(readMessage);
  return read.every((message) => message !== undefined) ? { title, messages: read } : undefined;
}

function readMessage(value: unknown): ArchivedMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { id, parent, role, author, createdAt, parts } = value;
  const isOne =
    typeof id === 'string' &&
    typeof role === 'string' &&
    typeof author === 'string' &&
    typeof createdAt === 'number' &&
    (parent === null || typeof parent === 'string') &&
    Array.isArray(parts);
  if (!isOne) return undefined;
  return { id, parent, role, author, createdAt, text: textOf(parts) };
}

function textOf(parts: readonly unknown[]): string {
  return parts
    .filter(isRecord)
    .filter(({ type }) => type === 'text')
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

/** As one's own words: who said it and when, and then what. */
export function broughtBack({ author, createdAt, text }: ArchivedMessage): string {
  const at = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
  return `**${escaped(author)}**, ${at} UTC\n\n${text}`;
}

const escaped = (name: string): string =>
  name.replaceAll(/[\\`*_{}[\]()#+.!|<>-]/g, String.raw`\$&`);

/** Whether a message has words to bring back. */
export const hasWords = ({ text }: ArchivedMessage): boolean => text.trim() !== '';

export const isTranscript = (value: unknown): boolean =>
  isRecord(value) && value['format'] === transcriptFormat;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
