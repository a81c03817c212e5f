// Numbers in sentences, as people read them.

/** "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const UNITS = ['KB', 'MB', 'GB', 'TB'] as const;

/** "812 bytes", "1.4 MB". */
export function sized(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, 'byte');
  let size = bytes / 1_000;
  let unit = 0;
  for (; size >= 1_000 && unit < UNITS.length - 1; unit++) size /= 1_000;
  return `${size.toFixed(1)} ${UNITS[unit]}`;
}
