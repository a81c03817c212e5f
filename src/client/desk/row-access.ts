// What of the desk is enough to read and write one row: what drafts and read marks stand on.

import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';

export interface RowAccess {
  get(key: string): Json | undefined;
  set(key: string, value: Json | undefined): void;
  flush(key: string): void;
  alternative(key: string): Json | undefined;
  settle(key: string): void;
  subscribe(key: string, listener: () => void): Unsubscribe;
}
