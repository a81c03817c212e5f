// Which branches one device shows. A choice made here stands until it is changed
// here; at every other fork the shared selection decides where it is followed, and
// else the newest sibling. What this device writes itself is always shown to it:
// whoever edits a prompt must see the edit, whatever was chosen before.

import { type Choices, choicesTo, pathOf, type Tree } from './tree.ts';

export class Branches {
  #own = new Map<string, string>();
  #follow = false;

  /** Whose choice comes first, in order. */
  choices(selection: Choices): readonly Choices[] {
    return this.#follow ? [this.#own, selection] : [this.#own];
  }

  get follows(): boolean {
    return this.#follow;
  }

  follow(follow: boolean): void {
    this.#follow = follow;
  }

  /** Shows the way to a message, at each fork on it, from now on. */
  choose(tree: Tree, message: string): void {
    for (const [parent, child] of choicesTo(tree, message)) this.#own.set(parent, child);
  }

  /** Makes a message visible that was written here, with as few choices as that takes. */
  reveal(tree: Tree, selection: Choices, message: string): void {
    const way = choicesTo(tree, message);
    for (const parent of way.keys()) this.#own.delete(parent);
    if (pathOf(tree, ...this.choices(selection)).includes(message)) return;
    for (const [parent, child] of way) {
      if ((tree.children.get(parent)?.length ?? 0) > 1) this.#own.set(parent, child);
    }
  }
}
