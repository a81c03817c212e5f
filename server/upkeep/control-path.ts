// Where the control socket of a data folder is. The path of a socket is short (108 bytes on
// Linux, 104 elsewhere) and a data folder may lie deep, so on Linux a longer path is written
// as one through an open descriptor of the folder, which has to stay open meanwhile.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const controlName = 'control.sock';

const PATH_BYTES_MAX = 100;

export interface ControlPath {
  readonly path: string;
  /** Call it when the path is no longer needed. */
  close(): Promise<void>;
}

/** Undefined where this system has no way to such a folder. Rejects where there is no folder. */
export async function controlPath(
  folder: string,
  platform: NodeJS.Platform = process.platform,
): Promise<ControlPath | undefined> {
  const direct = join(resolve(folder), controlName);
  if (platform === 'win32') return lasting(pipeOf(resolve(folder)));
  if (Buffer.byteLength(direct) <= PATH_BYTES_MAX) return lasting(direct);
  if (platform !== 'linux') return undefined;
  const handle = await open(folder, 'r');
  return { path: `/proc/self/fd/${handle.fd}/${controlName}`, close: () => handle.close() };
}

const lasting = (path: string): ControlPath => ({ path, close: () => Promise.resolve() });

/** Pipes have a space of names of their own. */
function pipeOf(folder: string): string {
  const digest = createHash('sha256').update(folder.toLowerCase()).digest('hex');
  return `\\\\.\\pipe\\holdfast-${digest.slice(0, 32)}`;
}
