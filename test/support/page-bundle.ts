// Pages for tests in a browser: each an entry in test/e2e/browser/pages, bundled in memory
// from our sources as an app would bundle the package, with React 19 or 18. A page is
// bundled once a run of its test file, however many tests open it.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, defaultClientConditions } from 'vite';
import { root } from '../../tools/process.ts';

export interface BundleOptions {
  readonly react?: 18 | 19;
  /** `development` (the default) has the warnings and the double renders of React. */
  readonly mode?: 'development' | 'production';
}

/** Text or bytes by path, `index.html` among them. */
export type PageFiles = ReadonlyMap<string, string | Uint8Array>;

const plainEntities = join(root, 'node_modules/decode-named-character-reference/index.js');

const bundles = new Map<string, Promise<PageFiles>>();

/** The files of the page whose entry is `test/e2e/browser/pages/NAME.ts`. */
export function bundlePage(name: string, options: BundleOptions = {}): Promise<PageFiles> {
  const { react = 19, mode = 'development' } = options;
  const key = [name, react, mode].join();
  const known = bundles.get(key);
  if (known !== undefined) return known;
  const made = bundle(name, entryOf(name), react, mode);
  bundles.set(key, made);
  return made;
}

/** The files of a page whose program is this text. Its html is `NAME.html`. */
export async function bundleText(name: string, text: string): Promise<PageFiles> {
  const folder = join(root, '.holdfast', 'pages');
  await mkdir(folder, { recursive: true });
  const entry = join(folder, `${name}.ts`);
  await writeFile(entry, text);
  const files = new Map(await bundle(name, entry, 19, 'development'));
  const page = files.get('index.html');
  files.delete('index.html');
  return page === undefined ? files : files.set(`${name}.html`, page);
}

const entryOf = (name: string): string => join(root, 'test/e2e/browser/pages', `${name}.ts`);

async function bundle(
  name: string,
  entry: string,
  react: 18 | 19,
  mode: string,
): Promise<PageFiles> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    mode,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    resolve: {
      conditions: ['holdfast-source', ...defaultClientConditions],
      alias: [
        // As the web app is built: what decodes entities by innerHTML is refused by trusted types.
        { find: 'decode-named-character-reference', replacement: plainEntities },
        ...(react === 18 ? [{ find: /^(react|react-dom)(?=$|\/)/, replacement: '$1-18' }] : []),
      ],
    },
    worker: { format: 'es' },
    build: {
      write: false,
      minify: mode === 'production',
      modulePreload: false,
      rolldownOptions: {
        input: { [name]: entry },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  // A browser that finds no icon reports an error.
  const files = new Map<string, string | Uint8Array>([
    ['icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ]);
  for (const output of outputs) {
    if (!('output' in output)) throw new Error('vite watches, and was to build');
    for (const file of output.output) {
      files.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
    }
  }
  const styles = [...files.keys()].filter((path) => path.endsWith('.css'));
  files.set('index.html', html(name, styles));
  return files;
}

const html = (name: string, styles: readonly string[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.svg">
${styles.map((path) => `<link rel="stylesheet" href="/${path}">`).join('\n')}
<div id="root"></div>
<script type="module" src="/${name}.js"></script>
`;

/** Writes a page into a folder, from which the real server can give it. */
export async function writePage(files: PageFiles, folder: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
