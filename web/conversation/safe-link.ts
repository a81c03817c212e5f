// Which addresses a person may follow from words that anybody may have written: https, and paths
// of this app. Nothing else becomes a link, whatever it looks like.

export interface SafeLink {
  readonly href: string;
  /** Where it leads, to be shown; null for a path of this app. */
  readonly host: string | null;
}

/** Undefined for what is not followed. Never throws. */
export function safeLink(address: string | undefined, origin: string): SafeLink | undefined {
  if (address === undefined || address === '' || !URL.canParse(address, origin)) return undefined;
  const url = new URL(address, origin);
  // A blob has the origin of the page that made it.
  if (url.protocol === 'blob:' || url.username !== '' || url.password !== '') return undefined;
  // The fragment of an own address may sign somebody in, so it is none of a stranger's.
  if (url.origin === origin) return { href: `${url.pathname}${url.search}`, host: null };
  return url.protocol === 'https:' ? { href: url.href, host: url.host } : undefined;
}
