// The store of a folder without a thread of its own, for tests that open many.

import { storeFault } from '../../server/log/fault.ts';
import { openSqliteStore } from '../../server/log/sqlite-store.ts';
import { storeActionNames, type Store, type StoreActions } from '../../server/log/store.ts';

export function inlineStore(folder: string): Store {
  let actions: StoreActions | undefined;
  const all = storeActionNames.map((name) => [
    name,
    async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        actions ??= openSqliteStore(folder, () => {});
        return (actions[name] as (...given: readonly unknown[]) => unknown)(...args);
      } catch (error) {
        throw storeFault(error);
      }
    },
  ]);
  return Object.fromEntries(all) as Store;
}
