// The messages, however many: only those in sight are on the page. Whoever reads at the end stays
// at the end while words come; whoever has scrolled away stays where they are, and is told that
// there is more. Only a person scrolls away: what grows or shrinks never does.

import { useMessages } from 'holdfast/react';
import { ArrowDown } from 'lucide-react';
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { VList, type VListHandle } from 'virtua';
import { useStore } from '../base/store.ts';
import { MessageRow } from './message.tsx';
import styles from './message-list.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

/** So near to the end counts as the end. */
const nearPx = 48;

export function MessageList({ shown }: { readonly shown: string | undefined }): ReactElement {
  const ids = useMessages();
  const list = useRef<VListHandle>(null);
  const anchor = useAnchor(list, ids);
  usePlace(anchor, ids, shown);
  return (
    <div className={styles['frame']}>
      <VList
        ref={list}
        className={styles['list']}
        role="group"
        aria-label={words.messages}
        tabIndex={0}
        data={ids}
        bufferSize={600}
        onScroll={anchor.onScroll}
        onResize={anchor.onResize}
        onWheel={anchor.onTouched}
        onTouchMove={anchor.onTouched}
        onPointerDown={anchor.onTouched}
        onKeyDown={anchor.onTouched}
      >
        {(id) => <MessageRow key={id} id={id} />}
      </VList>
      {!anchor.isAtEnd && (
        <button type="button" className={styles['latest']} onClick={anchor.toEnd}>
          <ArrowDown size={15} aria-hidden />
          {words.toLatest}
        </button>
      )}
    </div>
  );
}

interface Anchor {
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
  readonly toMessage: (index: number) => void;
  readonly onScroll: () => void;
  readonly onResize: () => void;
  readonly onTouched: () => void;
}

function useAnchor(list: React.RefObject<VListHandle | null>, ids: readonly string[]): Anchor {
  const [isAtEnd, setAtEnd] = useState(true);
  const state = useRef({ isHeld: true, isTouched: false, offset: 0, last: -1 });
  state.current.last = ids.length - 1;
  const toEnd = (): void => {
    state.current.isHeld = true;
    setAtEnd(true);
    list.current?.scrollToIndex(state.current.last, { align: 'end' });
  };
  const onResize = (): void => {
    if (state.current.isHeld) list.current?.scrollToIndex(state.current.last, { align: 'end' });
  };
  const onScroll = (): void => {
    const now = list.current;
    if (now === null) return;
    const { scrollOffset, scrollSize, viewportSize } = now;
    const isNear = scrollSize - viewportSize - scrollOffset < nearPx;
    const isUp = scrollOffset < state.current.offset - 1;
    state.current.offset = scrollOffset;
    if (isNear) state.current.isHeld = true;
    else if (isUp && state.current.isTouched) state.current.isHeld = false;
    setAtEnd(isNear || state.current.isHeld);
  };
  useLayoutEffect(() => {
    if (state.current.isHeld && ids.length > 0) {
      list.current?.scrollToIndex(ids.length - 1, { align: 'end' });
    }
  }, [list, ids]);
  return {
    isAtEnd,
    toEnd,
    onScroll,
    onResize,
    onTouched: () => {
      state.current.isTouched = true;
    },
    toMessage: (index) => {
      state.current.isHeld = false;
      setAtEnd(index >= state.current.last);
      list.current?.scrollToIndex(index, { align: 'start' });
    },
  };
}

/** Goes where the address says, once that message is here, and to the end when it is asked for. */
function usePlace(anchor: Anchor, ids: readonly string[], shown: string | undefined): void {
  const talk = useTalk();
  const asked = useStore(talk.toEnd);
  const done = useRef<string>(undefined);
  const { toMessage, toEnd } = anchor;
  useEffect(() => {
    if (shown === undefined || done.current === shown || ids.length === 0) return;
    const index = ids.indexOf(shown);
    if (index < 0) {
      // It may stand on another branch, which is chosen then.
      if (talk.session.view.messages.get(shown) !== undefined) talk.session.choose(shown);
      return;
    }
    done.current = shown;
    toMessage(index);
    talk.pointed.set(shown);
  });
  const before = useRef(asked);
  useEffect(() => {
    if (before.current === asked) return;
    before.current = asked;
    toEnd();
  });
}
