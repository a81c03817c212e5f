// Writing a reply: its parts, one after the other or several at once, under a lane.
// Everything is encoded beside the document and handed on as one update per lane
// and `flush`; who flushes when is the caller's business (an agent flushes at once
// while nothing of it is in flight, and gathers while something is).
//
// One lane streams best when one part grows at a time: two parts that alternate
// under one lane store 2.9 times the bytes. Give a part that grows beside another
// its own lane.

import { defined } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Json } from '../base/json.ts';
import { BodyWriter } from './body.ts';
import { sessionError } from './error.ts';
import { type Lane, LaneWriter, type Spot, type StructId } from './lane.ts';
import { limits } from './limits.ts';
import { decodePart, emptyStored, type FilePart, type SourcePart } from './part.ts';
import { ended, type PartContext, PartKeys, TextWriter } from './part-writer.ts';
import { checkId } from './prompt.ts';
import { PART } from './shape.ts';
import { asJson, line, storable, storableValue } from './store.ts';
import { type ToolProgress, ToolWriter } from './tool-writer.ts';

/** What a reply writer needs from outside. */
export interface ReplyContext {
  readonly clock: Clock;
  readonly createId: () => string;
  /** Throws where no more may be written (the session is full, or closed). */
  readonly admit: () => void;
  /** Throws `lane-clock` where a lane cannot be written in. */
  readonly checkLane: (lane: Lane) => void;
  /** Takes one update: applies it to a document, or sends it. */
  readonly sink: (update: Uint8Array) => void;
  /** Takes parts of the reply away, after all that the sink got before. */
  readonly drop: (ids: ReadonlySet<string>) => void;
}

/**
 * Stands between a reply that is written and the document, for a holder whose words go over a
 * wire: each change in order, with what applies it here. `update` is absent where parts go.
 */
export type ReplyRoute = (change: {
  readonly update?: Uint8Array;
  readonly apply: () => void;
}) => void;

export interface PartOptions {
  /** A fresh id where absent. Must be new in the message. */
  readonly id?: string;
  /** The step of the run that writes it. */
  readonly step?: string;
  /** A lane for its words alone, for a part that grows beside another one. */
  readonly lane?: Lane;
}

/** A part that is already there, for a successor that goes on with it. */
export interface KnownPart {
  readonly type: string;
  readonly map: StructId;
  /** Where its body's next segment goes; undefined for a part without a body. */
  readonly bodyEnd: Spot | undefined;
  readonly chars: number;
  /** What its keys hold now. */
  readonly keys: ReadonlyMap<string, StructId>;
  readonly tool?: ToolProgress;
}

/** Where a reply goes on: after its last part. */
export interface ReplyPlace {
  readonly message: string;
  readonly partsEnd: Spot;
  readonly known: ReadonlyMap<string, KnownPart>;
}

type OpenPart = TextWriter | ToolWriter;

/** Writes one reply. Single-threaded, ordered, and final with `end`. */
export class ReplyWriter {
  readonly message: string;
  #context: ReplyContext;
  #main: LaneWriter;
  /** The main lane first: what the others write stands inside what it wrote. */
  #lanes: LaneWriter[];
  #partsEnd: Spot;
  #known: Map<string, KnownPart>;
  #ids: Set<string>;
  #open = new Set<OpenPart>();
  /** Parts that somebody else began and this writer goes on with: one writer each, or their words would tangle. */
  #continued = new Map<string, OpenPart>();
  #data = new Map<string, PartKeys>();
  #ended = false;

  constructor(lane: LaneWriter, place: ReplyPlace, context: ReplyContext) {
    this.message = place.message;
    this.#context = context;
    this.#main = lane;
    this.#lanes = [lane];
    this.#partsEnd = place.partsEnd;
    this.#known = new Map(place.known);
    this.#ids = new Set(place.known.keys());
  }

  /** Where each lane stands, the main one first; carried on by the next grant after a clean end. */
  get lanes(): readonly Lane[] {
    return this.#lanes.map((lane) => lane.lane);
  }

  get pending(): boolean {
    return this.#lanes.some((lane) => lane.pending);
  }

  text(options: PartOptions = {}): TextWriter {
    return this.#growing('text', options);
  }

  reasoning(options: PartOptions = {}): TextWriter {
    return this.#growing('reasoning', options);
  }

  tool(name: string, options: PartOptions = {}): ToolWriter {
    const { part, body } = this.#part('tool', options, {
      name: line(name, 'A tool name', limits.nameCharsMax),
    });
    const tool = new ToolWriter(part, this.#body(body, options.lane));
    this.#open.add(tool);
    return tool;
  }

  file(
    file: Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>,
    options: PartOptions = {},
  ): void {
    const { mediaType, size, hash, name } = file;
    this.#whole('file', { mediaType, size, hash, name }, options);
  }

  source(
    source: Pick<SourcePart, 'title' | 'url' | 'mediaType' | 'snippet'>,
    options: PartOptions = {},
  ): void {
    const { title, url, mediaType, snippet } = source;
    this.#whole('source', { title, url, mediaType, snippet }, options);
  }

  /** Adds data, or replaces the data of the same id in this reply. */
  data(name: string, value: Json, options: PartOptions = {}): void {
    const stored = storableValue({ value }, 'Data');
    const keys = options.id === undefined ? undefined : this.#dataKeys(options.id);
    if (keys !== undefined) {
      this.#admit();
      keys.set(PART.data, stored);
      return;
    }
    const kind = line(name, 'A data name', limits.nameCharsMax);
    const { part } = this.#part('data', options, { name: kind }, stored);
    this.#data.set(part.id, part.keys);
  }

  /**
   * Goes on with a text or reasoning that somebody else began: in a new segment, seamless
   * to a reader. The same writer whenever it is called for one part.
   */
  continueText(id: string): TextWriter {
    const known = this.#knownPart(id, ['text', 'reasoning']);
    const before = this.#continued.get(id);
    if (before instanceof TextWriter) return before;
    return this.#continue(
      id,
      new TextWriter(
        this.#partContext(id, this.#knownKeys(known), undefined),
        this.#knownBody(known),
      ),
    );
  }

  /** Goes on with a tool call that somebody else began. Its streamed input is kept as it is. */
  continueTool(id: string): ToolWriter {
    const known = this.#knownPart(id, ['tool']);
    const before = this.#continued.get(id);
    if (before instanceof ToolWriter) return before;
    if (known.tool === undefined) throw this.#noPart(id, 'tool');
    const body = this.#knownBody(known);
    return this.#continue(
      id,
      new ToolWriter(this.#partContext(id, this.#knownKeys(known), undefined), body, known.tool),
    );
  }

  #continue<Writer extends OpenPart>(id: string, part: Writer): Writer {
    this.#continued.set(id, part);
    this.#open.add(part);
    return part;
  }

  /** Hands on all that was written since the last flush. Does nothing if there is nothing. */
  flush(): void {
    for (const lane of this.#lanes) {
      const update = lane.flush();
      if (update !== undefined) this.#context.sink(update);
    }
  }

  /**
   * Takes parts away, as if they had never been written: those of an attempt that failed, or of
   * a former holder. Their ids are free again, and their writers must not be used any more.
   */
  drop(ids: Iterable<string>): void {
    this.#admit();
    const gone = new Set(ids);
    if (gone.size === 0) return;
    this.flush();
    for (const part of this.#open) if (gone.has(part.id)) this.#open.delete(part);
    for (const id of gone) {
      this.#ids.delete(id);
      this.#known.delete(id);
      this.#continued.delete(id);
      this.#data.delete(id);
    }
    this.#context.drop(gone);
  }

  /** Ends every text that is still open, and flushes. Tool calls stay as they are: their state is true. */
  end(): void {
    if (this.#ended) return;
    for (const part of this.#open) if (part instanceof TextWriter) part.end();
    this.#ended = true;
    this.flush();
  }

  #growing(type: 'text' | 'reasoning', options: PartOptions): TextWriter {
    const { part, body } = this.#part(type, options, {});
    const text = new TextWriter(part, this.#body(body, options.lane));
    this.#open.add(text);
    return text;
  }

  /** A part that is complete with its head. */
  #whole(type: 'file' | 'source', fields: object, options: PartOptions): void {
    const head = { type, id: 'x', ...fields };
    if (decodePart({ ...emptyStored, head: storable(head, `A ${type} part`) }) === undefined) {
      throw sessionError('bad-input', `This is no valid ${type} part.`, { type });
    }
    this.#part(type, options, fields);
  }

  /** Writes the containers and the head of a new part, and its data if it has any. */
  #part(
    type: string,
    options: PartOptions,
    fields: object,
    data?: Json,
  ): { part: PartContext; body: StructId } {
    this.#admit();
    this.#checkLane(options.lane);
    const step = options.step === undefined ? undefined : checkId(options.step, 'A step');
    const id = this.#newId(options.id);
    const at = this.#context.clock.now();
    const head = storable({ type, id, ...fields, step, at }, 'A part head');
    const map = this.#main.type('map', this.#partsEnd);
    this.#partsEnd = { after: map, keyed: false };
    const keys = new PartKeys(this.#main, map);
    keys.set(PART.head, asJson(head));
    if (data !== undefined) keys.set(PART.data, data);
    const grows = type === 'text' || type === 'reasoning' || type === 'tool';
    const body = grows ? this.#main.type('array', { first: map, key: PART.body }) : map;
    return { part: this.#partContext(id, keys, options.lane), body };
  }

  #newId(wanted: string | undefined): string {
    const id = wanted === undefined ? this.#context.createId() : checkId(wanted, 'A part id');
    if (this.#ids.has(id)) {
      throw sessionError('bad-input', `The reply already has a part ${id}.`, { part: id });
    }
    if (this.#ids.size >= limits.replyPartsMax) {
      throw sessionError('too-large', `A reply has at most ${limits.replyPartsMax} parts.`);
    }
    this.#ids.add(id);
    return id;
  }

  #body(body: StructId, lane: Lane | undefined): BodyWriter {
    return new BodyWriter(this.#laneFor(lane), { first: body });
  }

  /** Throws where a lane that is new here cannot be written in: before anything is encoded. */
  #checkLane(lane: Lane | undefined): void {
    if (lane === undefined || this.#lanes.some((one) => one.client === lane.client)) return;
    this.#context.checkLane(lane);
  }

  #laneFor(lane: Lane | undefined): LaneWriter {
    if (lane === undefined) return this.#main;
    const known = this.#lanes.find((one) => one.client === lane.client);
    if (known !== undefined) return known;
    const writer = new LaneWriter(lane);
    this.#lanes.push(writer);
    return writer;
  }

  #knownPart(id: string, types: readonly string[]): KnownPart {
    this.#admit();
    const known = this.#known.get(id);
    if (known?.bodyEnd === undefined || !types.includes(known.type)) {
      throw this.#noPart(id, types.join(' or '));
    }
    return known;
  }

  #noPart(id: string, type: string): Error {
    return sessionError('not-found', `The reply has no ${type} part ${id} to go on with.`, {
      part: id,
    });
  }

  #partContext(id: string, keys: PartKeys, lane: Lane | undefined): PartContext {
    return {
      id,
      keys,
      clock: this.#context.clock,
      admit: () => this.#admit(),
      wordsFirst: () => {
        if (lane !== undefined) this.flush();
      },
    };
  }

  #knownKeys(known: KnownPart): PartKeys {
    return new PartKeys(this.#main, known.map, known.keys);
  }

  #knownBody(known: KnownPart): BodyWriter {
    const end = defined(known.bodyEnd, 'the body of a part that can grow');
    return new BodyWriter(this.#main, end, known.chars);
  }

  #dataKeys(id: string): PartKeys | undefined {
    const written = this.#data.get(id);
    if (written !== undefined) return written;
    const known = this.#known.get(id);
    if (known?.type !== 'data') return undefined;
    const keys = this.#knownKeys(known);
    this.#data.set(id, keys);
    return keys;
  }

  #admit(): void {
    if (this.#ended) throw ended(this.message);
    this.#context.admit();
  }
}
