// The tabs' channel, divided by topic. Each store has one; each open session has its topic on it.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { TabChannel } from './tab-channel.ts';
import { decodeTabMessage, encodeTabMessage, type TabWords } from './tab-message.ts';

/** One topic, as one tab has it. */
export interface TabTopic {
  /** Who this tab is: an id that it made for itself. */
  readonly tab: string;
  say(words: TabWords): void;
  hear(listener: (words: TabWords, from: string) => void): Unsubscribe;
}

export class TabLine {
  readonly tab: string;
  readonly #channel: TabChannel;
  readonly #topics = new Map<string, ReturnType<typeof createEmitter<[TabWords, string]>>>();
  readonly #stop: Unsubscribe;

  constructor(channel: TabChannel, tab: string) {
    this.tab = tab;
    this.#channel = channel;
    this.#stop = channel.subscribe((value) => {
      const message = decodeTabMessage(value);
      if (message === undefined || message.from === tab) return;
      this.#topics.get(message.topic)?.emit([message.words, message.from]);
    });
  }

  topic(name: string): TabTopic {
    const heard = this.#topics.get(name) ?? createEmitter<[TabWords, string]>();
    this.#topics.set(name, heard);
    return {
      tab: this.tab,
      say: (words) => this.#channel.post(encodeTabMessage({ from: this.tab, topic: name, words })),
      hear: (listener) => heard.subscribe(([words, from]) => listener(words, from)),
    };
  }

  close(): void {
    this.#stop();
    this.#channel.close();
  }
}
