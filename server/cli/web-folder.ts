// Where the built page is: beside the compiled program in the package, in `dist/web` of a checkout. It
// may not be there; then the server shows a page of its own.

import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this is the program as it is written, and not as it was compiled. */
export const isFromSource = extname(import.meta.url) === '.ts';

/** The checkout that the program runs from; meaningless in an installed package. */
export const checkoutFolder = fileURLToPath(new URL('../..', import.meta.url));

export function webFolder(): string {
  return fileURLToPath(new URL(isFromSource ? '../../dist/web' : '../../web', import.meta.url));
}
