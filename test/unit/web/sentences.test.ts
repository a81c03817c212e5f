import { describe, expect, test } from 'vitest';
import { SentenceFeed } from '../../../web/conversation/sentences.ts';

describe('what is read to those who listen', () => {
  test('[U36] is whole sentences, each once, and the rest at the end', () => {
    const feed = new SentenceFeed();
    const said = ['It is', ' done. And', ' th', 'en? Yes', '!\n\nMore'].map((token) =>
      feed.add(token),
    );
    expect(said).toEqual(['', 'It is done.', '', 'And then?', 'Yes!']);
    expect(feed.rest()).toBe('More');
    expect(feed.rest()).toBe('');
  });

  test('has no marks of Markdown and no addresses of links', () => {
    const feed = new SentenceFeed();
    feed.add('## **See** [the page](https://example.com) and `it`');
    expect(feed.rest()).toBe('See the page and it');
  });

  test('is not cut within a number or an abbreviation without a space', () => {
    const feed = new SentenceFeed();
    expect(feed.add('Pi is 3.14 or so')).toBe('');
  });
});
