// The field itself: it grows with its words, keys mean what `meaningOf` says, files that are
// pasted go to the attachments, and commands and agents are offered as they are typed.

import { useRuns } from 'holdfast/react';
import {
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import styles from './composer.module.css';
import { type KeyMeaning, meaningOf } from './composer-keys.ts';
import { words } from './strings.ts';
import { type Suggestion, suggestionsFor } from './suggestions.ts';
import { type Talk, useTalk } from './talk.ts';

export interface FieldProps {
  readonly text: string;
  readonly placeholder: string;
  readonly agents: readonly string[];
  readonly isRunning: boolean;
  readonly onText: (text: string) => void;
  readonly onLeave: () => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onSend: () => void;
  readonly onSteer: () => void;
  readonly onStop: () => void;
}

export function Field(props: FieldProps): ReactElement {
  const { text, placeholder, onText } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const offers = useOffers(text, props.agents);
  const take = useTaking(field, offers, onText);
  const onKey = useKeys(props, offers, take);
  const isOpen = offers.list.length > 0;
  return (
    <>
      {isOpen && <Offers id={list} list={offers.list} at={offers.at} onTake={take} />}
      <textarea
        ref={field}
        className={styles['field']}
        rows={1}
        value={text}
        dir="auto"
        placeholder={placeholder}
        aria-label={placeholder}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? list : undefined}
        aria-activedescendant={isOpen ? `${list}-${offers.at}` : undefined}
        onChange={(event) => {
          onText(event.target.value);
          offers.move(event.target.selectionStart);
        }}
        onSelect={(event) => offers.move(event.currentTarget.selectionStart)}
        onBlur={props.onLeave}
        onKeyDown={onKey}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (files.length === 0) return;
          event.preventDefault();
          props.onFiles(files);
        }}
      />
    </>
  );
}

/** Puts what is offered into the text, and the cursor behind it once the text is there. */
function useTaking(
  field: RefObject<HTMLTextAreaElement | null>,
  offers: UsedOffers,
  onText: (text: string) => void,
): (offer: Suggestion) => void {
  const caret = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (caret.current === undefined) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });
  return (offer) => {
    caret.current = offer.caret;
    onText(offer.text);
    offers.move(offer.caret);
    field.current?.focus();
  };
}

function useKeys(
  props: FieldProps,
  offers: UsedOffers,
  take: (offer: Suggestion) => void,
): (event: KeyboardEvent) => void {
  const talk = useTalk();
  const { queued } = useRuns();
  const { text, isRunning, onSend, onSteer, onStop } = props;
  const acts: Readonly<Record<Exclude<KeyMeaning, null>, () => void>> = {
    send: onSend,
    steer: onSteer,
    stop: onStop,
    'edit-last': () =>
      talk.editing.set(lastPrompt(talk, new Set(queued.map(({ message }) => message)))),
    next: () => offers.step(1),
    previous: () => offers.step(-1),
    take: () => {
      const offer = offers.list[offers.at];
      if (offer !== undefined) take(offer);
    },
    close: offers.close,
  };
  return (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey, keyCode } = event;
    const { isComposing } = event.nativeEvent;
    const pressed = { key, shiftKey, ctrlKey, metaKey, altKey, keyCode, isComposing };
    const isSuggesting = offers.list.length > 0;
    const meaning = meaningOf(pressed, { text, isRunning, isSuggesting });
    if (meaning === null) return;
    event.preventDefault();
    acts[meaning]();
  };
}

/** One's own last prompt, whether it waits in line or was answered. */
function lastPrompt(talk: Talk, queued: ReadonlySet<string>): string | null {
  const own = talk.session.view.path.filter(
    ({ role, author, deleted }) => role === 'user' && author === talk.principal && !deleted,
  );
  return (own.findLast(({ id }) => queued.has(id)) ?? own.at(-1))?.id ?? null;
}

interface UsedOffers {
  readonly list: readonly Suggestion[];
  readonly at: number;
  readonly step: (by: number) => void;
  readonly move: (caret: number) => void;
  readonly close: () => void;
}

function useOffers(text: string, agents: readonly string[]): UsedOffers {
  const [caret, move] = useState(0);
  const [at, setAt] = useState(0);
  const [closedFor, close] = useState<string>();
  const list = closedFor === text ? [] : suggestionsFor(text, caret, agents);
  const index = Math.min(at, Math.max(0, list.length - 1));
  return {
    list,
    at: index,
    step: (by) => setAt((index + by + list.length) % Math.max(1, list.length)),
    move,
    close: () => close(text),
  };
}

interface OffersProps {
  readonly id: string;
  readonly list: readonly Suggestion[];
  readonly at: number;
  readonly onTake: (offer: Suggestion) => void;
}

function Offers({ id, list, at, onTake }: OffersProps): ReactElement {
  const isCommand = list[0]?.name.startsWith('/') === true;
  return (
    <div
      id={id}
      role="listbox"
      className={styles['offers']}
      aria-label={isCommand ? words.commands : words.mentions}
    >
      {list.map((offer, index) => (
        <div
          key={offer.name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          className={styles['offer']}
          // The field keeps the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(offer);
          }}
        >
          <b>{offer.name}</b>
          <span>{offer.about}</span>
        </div>
      ))}
    </div>
  );
}
