// Small texts that outlive the page, for this browser alone. A page may be forbidden to store
// anything: then they live as long as it does.

const fallback = new Map<string, string>();

export function remember(key: string, value: string | null): void {
  if (value === null) fallback.delete(key);
  else fallback.set(key, value);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It is remembered until the page goes.
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? fallback.get(key) ?? null;
  } catch {
    return fallback.get(key) ?? null;
  }
}
