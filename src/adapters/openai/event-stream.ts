// The data of server-sent events, from bytes that come in any pieces: cut inside a line, inside
// a character, with any line end. Comments and other fields are passed over. What has no end is
// refused before it fills the memory.

/** Of one line, and of the data of one event, in UTF-16 units. */
const eventLimits = { lineCharsMax: 1_048_576, eventCharsMax: 4_194_304 } as const;

class EventStreamError extends Error {
  override readonly name = 'EventStreamError';
}

/** Each event's data, in order; an event that was cut off by the end of the stream is given too. */
export async function* eventsOf(
  body: AsyncIterable<Uint8Array>,
  limits: { readonly lineCharsMax: number; readonly eventCharsMax: number } = eventLimits,
): AsyncGenerator<string, void, undefined> {
  const lines = new LineReader(limits.lineCharsMax);
  let data: string | undefined;
  for await (const line of linesOf(body, lines)) {
    if (line === '') {
      if (data !== undefined) yield data;
      data = undefined;
      continue;
    }
    const more = dataIn(line);
    if (more === undefined) continue;
    data = data === undefined ? more : `${data}\n${more}`;
    if (data.length > limits.eventCharsMax) {
      throw new EventStreamError(`an event has more than ${limits.eventCharsMax} characters`);
    }
  }
  if (data !== undefined) yield data;
}

async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  lines: LineReader,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const bytes of body) yield* lines.take(decoder.decode(bytes, { stream: true }));
  yield* lines.take(decoder.decode());
  const rest = lines.end();
  if (rest !== '') yield rest;
}

/** The value of a `data` field; undefined for a comment or another field. */
function dataIn(line: string): string | undefined {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return undefined;
  return line.startsWith(' ', 5) ? line.slice(6) : line.slice(5);
}

/** Lines that end with LF, CR or both, whichever piece the ends are in. */
class LineReader {
  #charsMax: number;
  #rest = '';
  /** The last piece ended with CR: a LF that follows belongs to it. */
  #afterReturn = false;

  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  take(piece: string): readonly string[] {
    if (piece === '') return [];
    const text = this.#afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#afterReturn = piece.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#charsMax || lines.some((line) => line.length > this.#charsMax)) {
      throw new EventStreamError(`a line has more than ${this.#charsMax} characters`);
    }
    return lines;
  }

  end(): string {
    return this.#rest;
  }
}
