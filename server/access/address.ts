// Whose connection it is, as an address: what is counted by caps. A proxy hides it and
// adds it to X-Forwarded-For, behind whatever its client had written there; so the list is
// believed from its end, for as many entries as there are proxies of ours, and not at all
// without any. An IPv6 client has a whole network (a /64) to choose addresses from, so it
// is counted as that network.

import { isIP, isIPv4 } from 'node:net';

/**
 * `trustProxy` is how many proxies of ours stand between the client and this server.
 * Where the header does not say what it should, the connection's own address counts.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | string[] | undefined,
  trustProxy: number,
): string {
  const own = countedAs(socketAddress ?? '') ?? 'unknown';
  if (trustProxy === 0) return own;
  const entries = [forwardedFor ?? []].flat().join(',').split(',');
  const entry = entries.at(-trustProxy) ?? entries[0] ?? '';
  return countedAs(withoutPort(entry.trim())) ?? own;
}

const MAPPED = /^::ffff:(?<v4>[0-9.]+)$/i;

/** The address, or the network, under which a connection is counted; undefined for what is none. */
function countedAs(address: string): string | undefined {
  const [plain = ''] = address.split('%', 1);
  const v4 = MAPPED.exec(plain)?.groups?.['v4'] ?? plain;
  if (isIPv4(v4)) return v4;
  return isIP(plain) === 6 ? `${networkOf(plain)}::/64` : undefined;
}

/** The first four of the eight groups of an IPv6 address. */
function networkOf(address: string): string {
  // As URLs write it: lower case, no zeros in front, no dotted end.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':');
}

/** Some proxies write the port too. */
function withoutPort(entry: string): string {
  const v6 = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(entry);
  const v4 = /^([0-9.]+):\d+$/.exec(entry);
  return v6?.[1] ?? v4?.[1] ?? entry;
}
