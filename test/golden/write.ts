// Writes the golden documents that are not there yet: `node test/golden/write.ts`. What is
// there is kept for ever: a document that is made otherwise now needs a new name.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Y from 'yjs';
import { ViewReader } from '../../src/session/view.ts';
import { goldenDocuments, goldenView } from '../support/golden.ts';

for (const { name, doc } of goldenDocuments()) {
  const path = join(import.meta.dirname, name);
  if (existsSync(`${path}.bin`)) {
    console.log(`${name} is kept`);
    continue;
  }
  writeFileSync(`${path}.bin`, Y.encodeStateAsUpdate(doc));
  const view = JSON.stringify(goldenView(new ViewReader(doc).view), null, 1);
  writeFileSync(`${path}.json`, `${view}\n`);
  console.log(`${name} is new`);
}
