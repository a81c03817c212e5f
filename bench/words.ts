// The words that every benchmark streams: tokens as a model gives them, the same for the same seed.
// Three quarters are pieces of latin words, the rest CJK, punctuation, markdown and a few emoji with
// joiners, so that no measurement profits from text that is plain ASCII.

/** Source of numbers, in the form that `holdfast/session` takes for its ids. */
export interface Dice {
  uint32(): number;
}

/** mulberry32 (Tommy Ettinger): short, seeded, good enough for a mix of words. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return {
    uint32() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (mixed ^ (mixed >>> 14)) >>> 0;
    },
  };
}

const latin =
  'the of and to in is that for with was this are from which have one session message stream ' +
  'writer offline document server reader branch answer because between another conversation ' +
  'ing tion ment able ness ward ized straße naïve façade résumé';
const pieces = latin.split(' ');
const cjk = Array.from('会话消息流离线文档服务器分支回答因为之间模型代理日本語の文字列처음부터');
const emoji = ['😀', '🚀', '👩‍💻', '👨‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽'];
const marks = ['.', ',', ':', '\n', '\n\n', '**', '`', '- ', '# ', '(', ')', '```\n', '; '];

/** Tokens without end. On average 4.7 UTF-16 units and 5.2 UTF-8 bytes. */
export function* tokens(seed: number): Generator<string, never> {
  const source = dice(seed);
  const one = (from: readonly string[]): string => from[source.uint32() % from.length] ?? '';
  for (;;) {
    const kind = source.uint32() % 100;
    if (kind < 75) yield (source.uint32() % 4 === 0 ? '' : ' ') + one(pieces);
    else if (kind < 87)
      yield Array.from({ length: 1 + (source.uint32() % 3) }, () => one(cjk)).join('');
    else if (kind < 88) yield one(emoji);
    else yield one(marks);
  }
}

/** The next `count` tokens. */
export function take(from: Generator<string, never>, count: number): readonly string[] {
  return Array.from({ length: count }, () => from.next().value);
}

/** Tokens joined to at least `chars` UTF-16 units. */
export function passage(from: Generator<string, never>, chars: number): string {
  let text = '';
  while (text.length < chars) text += from.next().value;
  return text;
}
