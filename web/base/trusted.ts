// The one policy by which this page makes addresses of scripts: those of its own origin, and no
// others. The server's content security policy names it and refuses any other.

interface Policy {
  createScriptURL(path: string): unknown;
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (path: string) => string }): Policy;
}

/** An address that stays on this origin, or an error. */
export function ownScript(path: string, origin: string): string {
  const url = new URL(path, origin);
  if (url.origin !== origin) throw new TypeError(`${url.origin} is not where scripts come from.`);
  return url.href;
}

let policy: Policy | undefined;

/** For a worker or a service worker. Typed as the text that it is where there are no trusted types. */
export function scriptUrl(path: string): string {
  const createScriptURL = (wanted: string): string => ownScript(wanted, location.origin);
  // Not every browser has them, and the types of a page do not know them.
  const factory: unknown = Reflect.get(globalThis, 'trustedTypes');
  if (factory === undefined) return createScriptURL(path);
  policy ??= (factory as PolicyFactory).createPolicy('holdfast', { createScriptURL });
  return policy.createScriptURL(path) as string;
}
