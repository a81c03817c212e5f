// What the hooks add to an app that has the client already: everything of src/react,
// minified and compressed as it is served. React and what lies below are not counted.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { root } from '../../../tools/process.ts';

const gzipBytesMax = 6_000;

test('the hooks are small', async () => {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: { entry: join(root, 'src/react/index.ts'), formats: ['es'] },
      rolldownOptions: { external: /^react$|\/(base|session|client)\// },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  const code = output.output.map((file) => (file.type === 'chunk' ? file.code : '')).join('');
  expect(code).toContain('useSyncExternalStore');
  const { length } = gzipSync(code);
  console.log(`holdfast/react: ${length} bytes of gzip`);
  expect(length).toBeLessThanOrEqual(gzipBytesMax);
});
