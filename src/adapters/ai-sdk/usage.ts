// What the SDK counts, in our words. Steps are added up as they end, so that a stream that is
// stopped has told what it cost so far; the total at the end replaces the sum.

import type { JsonObject } from '../../base/json.ts';
import { countIn, type Fields, fieldsIn } from './part.ts';

export function usageOf(usage: Fields): JsonObject {
  const input = fieldsIn(usage, 'inputTokenDetails');
  const output = fieldsIn(usage, 'outputTokenDetails');
  const figures: [string, number | undefined][] = [
    ['inputTokens', countIn(usage, 'inputTokens')],
    ['outputTokens', countIn(usage, 'outputTokens')],
    ['totalTokens', countIn(usage, 'totalTokens')],
    ['cachedInputTokens', countIn(input, 'cacheReadTokens') ?? countIn(usage, 'cachedInputTokens')],
    ['cacheWriteTokens', countIn(input, 'cacheWriteTokens')],
    ['reasoningTokens', countIn(output, 'reasoningTokens') ?? countIn(usage, 'reasoningTokens')],
  ];
  return Object.fromEntries(figures.filter((pair) => pair[1] !== undefined));
}
