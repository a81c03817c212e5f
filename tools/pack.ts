// `npm run pack`: builds the package and packs it as it is published, into the folder named on the
// command line or the root. The manifest in the tarball lacks what only this repository needs:
// the condition that leads to the sources, the scripts and the mark `private`, which keeps a bare
// `npm publish` from publishing the unbuilt tree.

import { root } from './process.ts';
import { packInto } from './packing.ts';

console.log(await packInto(process.argv[2] ?? root));
