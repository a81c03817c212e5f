// Where the web app lies when it was built: beside what was compiled of the server, in a package
// and in a checkout alike. Without it the server says on its page what it is.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From server/cli in a checkout, and from dist/server/cli in a package. */
const places = ['../../dist/web/', '../../web/'];

/** Undefined where it was not built. */
export function builtWeb(): string | undefined {
  return places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((folder) => existsSync(`${folder}sw.js`));
}
