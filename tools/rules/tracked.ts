// What must never be committed: what a tool generates, data, and traces of the machine it was
// written on. The patterns are written so that they do not match themselves.

import type { Source, Violation } from './source.ts';

const generated = [
  /(^|\/)(node_modules|dist|coverage|\.holdfast|\.vite|\.cache)\//,
  /\.(tgz|log|db|sqlite|sqlite-wal|sqlite-shm|tsbuildinfo|map|orig|rej|swp)$/,
  /(^|\/)(\.DS_Store|\.npmrc|\.env)$/,
];

const traces: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /(?:^|[\s"'`(=:])\/(?:home|Users|root|work|tmp)\/[\w.-]/m, what: 'a machine path' },
  { pattern: /\b[A-Z]:\\(?:Users|Documents)\\/, what: 'a machine path' },
  { pattern: /"resolved": "https?:/, what: 'the host of a registry' },
  { pattern: /\bregistry\.[a-z]+(?:js|pkg)?\.(?:org|com)\b/, what: 'the host of a registry' },
  { pattern: /\b_authToken\b/, what: 'a credential' },
  { pattern: /^(?:<{7}|>{7}) /m, what: 'a merge that was not finished' },
];

/** A tracked file larger than this is data, whatever its name. */
export const fileBytesMax = 512 * 1024;

export function judgePath(path: string): readonly Violation[] {
  return generated.some((pattern) => pattern.test(path))
    ? [{ path, line: 1, message: 'is generated or data, and tracked' }]
    : [];
}

export function judgeText({ path, text }: Source): readonly Violation[] {
  const tooLarge = { path, line: 1, message: `is larger than ${fileBytesMax} bytes` };
  return [
    ...(text.length > fileBytesMax ? [tooLarge] : []),
    ...traces.flatMap(({ pattern, what }) => {
      const match = pattern.exec(text);
      if (match === null) return [];
      const line = text.slice(0, match.index + 1).split('\n').length;
      return [{ path, line, message: `holds ${what}` }];
    }),
  ];
}
