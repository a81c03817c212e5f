// Compiles small programs as a user of the package would have them compiled: by the compiler and the
// options of the house, with the public entries found by name.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommand, root } from '../../tools/process.ts';

export interface ProgramText {
  /** A file name, unique among those that are compiled together. */
  readonly file: string;
  readonly text: string;
}

/** Where programs lie: inside the package, so that they find it by name, and outside git. */
export const programFolder = (name: string): string => join(root, '.holdfast', name);

/** Compiles the programs together in a folder of that name, and returns what the compiler said. */
export async function compile(programs: readonly ProgramText[], name: string): Promise<string> {
  const into = programFolder(name);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  // An app has the AI SDK under its own name; here both of its versions are installed.
  const paths = { ai: [join(root, 'node_modules/ai-7/dist/index.d.ts')] };
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, paths };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*'] };
  await writeFile(join(into, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(into, 'none.ts'), 'export {};\n');
  await Promise.all(programs.map(({ file, text }) => writeFile(join(into, file), text)));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { text } = await readCommand(process.execPath, [tsc, '-p', '.'], { cwd: into });
  return text;
}
