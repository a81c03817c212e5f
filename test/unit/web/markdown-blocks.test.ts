import { describe, expect, test } from 'vitest';
import { blocksOf } from '../../../web/conversation/markdown-blocks.ts';

describe('the blocks of Markdown', () => {
  test('are cut at blank lines', () => {
    expect(blocksOf('One.\n\nTwo,\nthree.\n\n\nFour.')).toEqual(['One.', 'Two,\nthree.', 'Four.']);
  });

  test('are not cut within a fence, however it is made, open or closed', () => {
    for (const mark of ['```', '````', '~~~']) {
      const code = `${mark}ts\none\n\ntwo\n${mark}`;
      expect(blocksOf(`Before.\n\n${code}\n\nBehind.`)).toEqual(['Before.', code, 'Behind.']);
      expect(blocksOf(`${mark}\none\n\ntwo`)).toEqual([`${mark}\none\n\ntwo`]);
    }
  });

  test('take a shorter fence for words of the longer one', () => {
    const code = '````\n```\n\nstill code\n````';
    expect(blocksOf(`${code}\n\nBehind.`)).toEqual([code, 'Behind.']);
  });

  test('keep a list with blank lines in one block, so that its numbers go on', () => {
    const list = '1. One\n\n2. Two\n\n   more of two';
    expect(blocksOf(`${list}\n\nBehind.`)).toEqual([list, 'Behind.']);
  });

  test('keep a text whole in which links are defined', () => {
    const text = 'See [it][1].\n\nMore.\n\n[1]: https://example.com';
    expect(blocksOf(text)).toEqual([text]);
  });

  test('stay the same while words are added behind them', () => {
    const text = 'One.\n\n- a\n- b\n\n```\nx\n\ny\n```\n\n| a |\n|---|\n| b |\n\nThe end.';
    let before: readonly string[] = [];
    for (let end = 1; end <= text.length; end++) {
      const now = blocksOf(text.slice(0, end));
      // All but the last two: a blank line may turn out to be within a list.
      expect(now.slice(0, Math.max(0, before.length - 2))).toEqual(
        before.slice(0, Math.max(0, before.length - 2)),
      );
      before = now;
    }
    expect(before).toHaveLength(5);
  });
});
