// The public entry `holdfast/server`: a server inside another Node program.

export { createServer } from './embedding.ts';
export { ListenError } from './listen-error.ts';
export {
  type HoldfastServer,
  type ServerLogger,
  type ServerOptions,
  type TokenKeys,
} from './options.ts';
