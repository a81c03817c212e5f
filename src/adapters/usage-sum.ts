// Counts of several requests, as one.

import type { JsonObject } from '../base/json.ts';

/** Each figure added up; one that only one of them has stays as it is. */
export function usageSum(one: JsonObject, other: JsonObject): JsonObject {
  const sum: Record<string, JsonObject[string]> = { ...one };
  for (const [name, figure] of Object.entries(other)) {
    const before = sum[name];
    sum[name] = typeof before === 'number' && typeof figure === 'number' ? before + figure : figure;
  }
  return sum;
}
