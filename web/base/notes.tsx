// What the app says in passing: notes that appear for a while, with one thing to do about each,
// and sentences that only screen readers hear. A note stays while the pointer or the focus is on
// it; one that needs an answer stays until it has one.

import type { Clock } from 'holdfast';
import { type ReactElement, useState } from 'react';
import { X } from 'lucide-react';
import { strings } from '../strings.ts';
import { Button, IconButton } from './button.tsx';
import { clock as pageClock } from './clock.ts';
import styles from './notes.module.css';
import { Store, useStore } from './store.ts';

export interface Note {
  /** A note of the same id replaces the one before. */
  readonly id: string;
  readonly text: string;
  readonly action?: { readonly name: string; readonly run: () => void };
  /** When it goes by itself; it stays where this is absent. */
  readonly forMs?: number;
}

const usualMs = 6_000;

export class Notes {
  readonly all = new Store<readonly Note[]>([]);
  /** For screen readers, in order. */
  readonly spoken = new Store<readonly { readonly id: number; readonly text: string }[]>([]);
  #clock: Clock;
  #timers = new Map<string, () => void>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  show(note: Note): void {
    this.drop(note.id);
    this.all.set([...this.all.get(), note]);
    this.resume(note);
  }

  /** A note that needs no answer. */
  say(text: string): void {
    this.show({ id: text, text, forMs: usualMs });
  }

  /** For those who cannot see what happened. */
  speak(text: string): void {
    this.spoken.set([...this.spoken.get().slice(-4), { id: this.#count++, text }]);
  }

  drop(id: string): void {
    this.hold(id);
    this.all.set(this.all.get().filter((note) => note.id !== id));
  }

  /** Somebody reads it. */
  hold(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  resume({ id, forMs }: Note): void {
    this.hold(id);
    if (forMs === undefined) return;
    this.#timers.set(
      id,
      this.#clock.after(forMs, () => this.drop(id)),
    );
  }
}

export const notes = new Notes(pageClock);

export function NoteList({ from = notes }: { readonly from?: Notes }): ReactElement {
  const all = useStore(from.all);
  const spoken = useStore(from.spoken);
  const [isHeld, setHeld] = useState(false);
  const hold = (on: boolean): void => {
    if (on === isHeld) return;
    setHeld(on);
    for (const note of all) {
      if (on) from.hold(note.id);
      else from.resume(note);
    }
  };
  return (
    <>
      <section
        aria-label={strings.notes}
        className={styles['notes']}
        onPointerEnter={() => hold(true)}
        onPointerLeave={() => hold(false)}
        onFocus={() => hold(true)}
        onBlur={() => hold(false)}
      >
        {all.map((note) => (
          <NoteRow key={note.id} note={note} from={from} />
        ))}
      </section>
      <div role="log" aria-live="polite" className="hidden">
        {all.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
        {spoken.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </>
  );
}

function NoteRow({ note, from }: { readonly note: Note; readonly from: Notes }): ReactElement {
  const { id, text, action } = note;
  return (
    <div className={styles['note']}>
      <p dir="auto">{text}</p>
      {action !== undefined && (
        <Button
          look="quiet"
          onClick={() => {
            from.drop(id);
            action.run();
          }}
        >
          {action.name}
        </Button>
      )}
      <IconButton label={strings.dismiss} onClick={() => from.drop(id)}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
