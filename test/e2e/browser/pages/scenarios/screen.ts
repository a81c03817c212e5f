// The screen of a scenario: a root on the page, the world that its components live in, and
// frames that are turned by hand.

import { HoldfastProvider } from 'holdfast/react';
import { createElement, type ReactNode, StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { HandFrames } from '../../../../support/hand-frames.ts';
import type { LocalClient } from '../../../../support/local-client.ts';

export class Screen {
  readonly frames = new HandFrames();
  readonly box = document.createElement('div');
  #root: Root;

  constructor() {
    document.body.append(this.box);
    this.#root = createRoot(this.box);
  }

  get text(): string {
    return this.box.textContent;
  }

  /** Renders, and is done with it when it returns. */
  show(client: LocalClient, content: ReactNode, options: { strict?: boolean } = {}): void {
    const app = this.#app(client, content);
    const all = options.strict === true ? createElement(StrictMode, null, app) : app;
    flushSync(() => this.#root.render(all));
  }

  /** Renders when React likes to. */
  showLater(client: LocalClient, content: ReactNode): void {
    this.#root.render(this.#app(client, content));
  }

  /** Paints once, and gives React its turn. */
  async frame(): Promise<void> {
    this.frames.next();
    await turn();
  }

  /** Until all that was promised came and was painted. */
  async settle(): Promise<void> {
    await turn();
    await this.frame();
  }

  remove(): void {
    flushSync(() => this.#root.unmount());
    this.box.remove();
  }

  #app(client: LocalClient, children: ReactNode): ReactNode {
    return createElement(HoldfastProvider, { client, frames: this.frames, children });
  }
}

/** Lets React and promises do what they have to do. */
export async function turn(): Promise<void> {
  for (let at = 0; at < 3; at++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/** Until it is so; a test that waits for ever is ended by its runner. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
