// Names of machines in URLs and headers: which are this machine's own, and what a Host
// header says. Exact, because each of them decides whether somebody else's page is let in.

/** What a browser on this machine calls it. 127.0.0.2 would be ours too, but nobody says so. */
const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a host name, as URLs write it, is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return loopback.includes(hostname);
}

const HOST = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d{1,5}))?$/;

/**
 * A Host header in two parts, or undefined where it is none: with a user before an `@`, a
 * path, or anything else that two readers could read in two ways.
 */
export function readHost(
  header: string | undefined,
): { readonly name: string; readonly port: number | undefined } | undefined {
  const groups = HOST.exec(header?.toLowerCase() ?? '')?.groups;
  const name = groups?.['name'];
  if (name === undefined) return undefined;
  const digits = groups?.['port'];
  return { name, port: digits === undefined ? undefined : Number(digits) };
}
