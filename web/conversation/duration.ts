// How long something took, as people say it: whole seconds at most two units.

export function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return part(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(part(minutes, 'minute'), seconds % 60, 'second');
  return joined(part(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
}

const joined = (first: string, rest: number, unit: 'second' | 'minute'): string =>
  rest === 0 ? first : `${first} ${part(rest, unit)}`;

const part = (value: number, unit: 'second' | 'minute' | 'hour'): string =>
  new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
