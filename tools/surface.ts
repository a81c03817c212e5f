// `npm run surface`: writes down the public surface as it is now. Run it when a change of the
// surface is meant, and read the difference before it is committed.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildSurfaces, readSurface } from './declarations.ts';
import { root } from './process.ts';

for (const surface of await buildSurfaces()) {
  const changed = (await readSurface(surface)) !== surface.text;
  await mkdir(dirname(join(root, surface.path)), { recursive: true });
  await writeFile(join(root, surface.path), surface.text);
  console.log(`${surface.path}: ${changed ? 'changed' : 'as before'}`);
}
