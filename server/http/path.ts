// The address of a request, read once and strictly. A path is cut at its slashes before
// anything is decoded, so an encoded slash is a character of a name (principals may be
// URLs), and a segment that could mean another place is no address at all.

export interface Target {
  /** Decoded, at least one: `/` is one empty segment. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

export function readTarget(url: string): Target | undefined {
  if (!url.startsWith('/')) return undefined;
  const [beforeHash = ''] = url.split('#', 1);
  const end = beforeHash.indexOf('?');
  const path = end < 0 ? beforeHash : beforeHash.slice(0, end);
  const segments = path.slice(1).split('/').map(decoded);
  if (!segments.every(isPlain)) return undefined;
  return { segments, query: new URLSearchParams(end < 0 ? '' : beforeHash.slice(end + 1)) };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function isPlain(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== '.' && segment !== '..' && !/[\0\\]/.test(segment);
}
