// Moments as people say them, in the language of their browser.

const minute = 60_000;
const day = 24 * 60 * minute;

/** Midnight before this moment, by the clock on the wall. */
export function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** The shortest that says when: a time today, a weekday this week, a date before. */
export function shortTime(at: number, now: number): string {
  const date = new Date(at);
  const today = startOfDay(now);
  if (at >= today)
    return date.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
  if (at >= today - 6 * day) return date.toLocaleDateString(undefined, { weekday: 'short' });
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : { year: '2-digit' as const };
  return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short', ...year });
}

export function fullTime(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** How long ago, in words. */
export function ago(at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const ms = Math.min(0, at - now);
  if (ms > -minute) return words.format(Math.ceil(ms / 1_000), 'second');
  if (ms > -60 * minute) return words.format(Math.ceil(ms / minute), 'minute');
  if (ms > -day) return words.format(Math.ceil(ms / (60 * minute)), 'hour');
  return words.format(Math.ceil(ms / day), 'day');
}

/** Bytes as people read them. */
export function sizeOf(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log(bytes) / Math.log(1_000)));
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1_000 ** power);
}
