// What somebody is about to say in a session, the same on all of their devices: begun on one,
// ended on another. Typing is stored and sent once a second; leaving the field is a `flush`.
// Where two devices wrote without knowing of one another, the later one counts and the other
// is offered as `alternative`, until `settle`. An empty draft is none.

import type { Unsubscribe } from '../../base/emitter.ts';
import { isJsonObject, type Json } from '../../base/json.ts';
import type { RowAccess } from './row-access.ts';

export class Draft {
  #desk: RowAccess;
  #key: string;

  constructor(desk: RowAccess, session: string) {
    this.#desk = desk;
    this.#key = `draft/${session}`;
  }

  get text(): string {
    return textOf(this.#desk.get(this.#key)) ?? '';
  }

  /** Words that lost to these; null where there are none. */
  get alternative(): string | null {
    return textOf(this.#desk.alternative(this.#key)) ?? null;
  }

  set(text: string): void {
    this.#desk.set(this.#key, text === '' ? undefined : { text });
  }

  flush(): void {
    this.#desk.flush(this.#key);
  }

  settle(): void {
    this.#desk.settle(this.#key);
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#desk.subscribe(this.#key, listener);
  }
}

function textOf(value: Json | undefined): string | undefined {
  const text = isJsonObject(value) ? value['text'] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
