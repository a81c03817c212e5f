// One part of a stream of the AI SDK, as what is read from it: its type, and fields that may each be
// missing or of another type than expected, which counts as missing. Nothing here needs the `ai`
// package, so one adapter serves every version of it.

export interface AiPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null;

export const isAiPart = (value: unknown): value is AiPart =>
  isFields(value) && typeof value['type'] === 'string';

/** The text in the first of these fields that holds one. */
export function textIn(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** The count in the first of these fields that holds one. */
export function countIn(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** The object in a field; an empty one where there is none. */
export function fieldsIn(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}
