// The public surface is what test/rules/surface says it is.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildSurfaces, readSurface } from '../../tools/declarations.ts';
import { root } from '../../tools/process.ts';
import { surfaceOf } from '../../tools/rules/surface.ts';

const surfaces = await buildSurfaces();
const advice = 'the public surface changed: if that is meant, run npm run surface and commit it';

describe('the public surface', () => {
  test.each(surfaces)('is as $path says', async (surface) => {
    expect(surface.text, advice).toBe(await readSurface(surface));
  });

  test('is kept for the entries that exist and no others', async () => {
    const kept = await readdir(join(root, 'test/rules/surface'));
    const expected = surfaces.map(({ path }) => path.split('/').at(-1));
    expect(new Set(kept), advice).toEqual(new Set(expected));
  });
});

describe('the surface reader', () => {
  const files = new Map(
    Object.entries({
      'dist/index.d.ts': "export { make as create, type Thing } from './thing.ts';",
      'dist/thing.d.ts':
        'export interface Thing { size: number; }\nexport declare function make(): Thing;\n' +
        'export declare function make(size: number): Thing;\nexport declare const hidden: 1;',
      'dist/foreign.d.ts': "export type { Doc } from 'yjs';",
      'dist/quoted.d.ts': `export type Quoted = "a" | 'b';`,
      'dist/broken.d.ts': "export { gone } from './thing.ts';",
    }).map(([path, text]) => [path, { path, text }]),
  );

  test('gives every exported name with its declaration, sorted, and nothing else', () => {
    expect(surfaceOf('dist/index.d.ts', files)).toBe(
      [
        'interface Thing { size: number; }\n',
        'create = function make(): Thing;\n',
        'create = function make(size: number): Thing;\n',
      ].join('\n'),
    );
  });

  test('names what comes from another package', () => {
    expect(surfaceOf('dist/foreign.d.ts', files)).toBe('Doc = Doc of yjs\n');
  });

  test('does not depend on the quotes of the source', () => {
    expect(surfaceOf('dist/quoted.d.ts', files)).toBe("type Quoted = 'a' | 'b';\n");
  });

  test('fails when an entry promises what is not there', () => {
    expect(() => surfaceOf('dist/broken.d.ts', files)).toThrow('does not export gone');
    expect(() => surfaceOf('dist/none.d.ts', files)).toThrow('the build has no');
  });
});
