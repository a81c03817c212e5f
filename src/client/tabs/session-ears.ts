// What other tabs say of a session, each kind of word to the ear that is for it.

import { unreachable } from '../../base/assert.ts';
import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';
import type { Extent } from '../store/extent.ts';
import type { TabTopic } from './tab-line.ts';
import type { TabEntry } from './tab-message.ts';

export interface SessionEars {
  base(resets: number, updates: readonly Uint8Array[]): void;
  own(entries: readonly TabEntry[]): void;
  /** Of a document in which nobody tells apart what a server has. */
  mixed(resets: number, updates: readonly Uint8Array[]): void;
  stored(resets: number, ids: readonly string[], extent: Extent): void;
  settle(ids: readonly string[]): void;
  settled(ids: readonly string[]): void;
  drop(ids: readonly string[]): void;
  dropped(ids: readonly string[]): void;
  facts(facts: readonly (readonly [string, Json | undefined])[]): void;
  reset(resets: number, handled: readonly string[]): void;
  hello(from: string, clocks: Uint8Array): void;
}

export function hearSession(topic: TabTopic, ears: SessionEars): Unsubscribe {
  return topic.hear((words, from) => {
    switch (words.kind) {
      case 'base':
        return ears.base(words.resets, words.updates);
      case 'own':
        return ears.own(words.entries);
      case 'answer':
        if (words.to !== topic.tab) return;
        ears.own(words.entries);
        return ears[words.isMixed === true ? 'mixed' : 'base'](words.resets, words.updates);
      case 'stored':
        return ears.stored(words.resets, words.ids, words.extent);
      case 'settle':
      case 'settled':
      case 'drop':
      case 'dropped':
        return ears[words.kind](words.ids);
      case 'fact':
        return ears.facts(words.facts);
      case 'reset':
        return ears.reset(words.resets, words.handled);
      case 'hello':
        return ears.hello(from, words.clocks);
      case 'open?':
        return topic.say({ kind: 'open' });
      case 'who':
      case 'beat':
      case 'bye':
      case 'open':
      case 'wiped':
      case 'note':
        return;
      default:
        return unreachable(words);
    }
  });
}
