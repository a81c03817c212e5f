import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalSecretError, localSecret, secretFile } from '../../../../server/cli/local-secret.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import { seededChance, systemChance } from '../../../../src/base/chance.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';

describe('[W122] the secret of a data folder', () => {
  test('[W122] is made once, of 256 bits, and nobody else may read it', () =>
    withFolder(async (parent) => {
      const folder = join(parent, 'not', 'there');
      const secret = await localSecret(folder, systemChance());
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect(await localSecret(folder, systemChance())).toBe(secret);
      expect(readFileSync(join(folder, secretFile), 'utf8')).toBe(`${secret}\n`);
      expect(statSync(join(folder, secretFile)).mode & 0o777).toBe(0o600);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(readdirSync(folder)).toEqual([secretFile]);
    }));

  test('[W122] is another one in another folder', () =>
    withFolder(async (folder) => {
      const [one, two] = ['a', 'b'].map((name) => join(folder, name));
      const made = [one ?? '', two ?? ''].map((each) => localSecret(each, systemChance()));
      const [first, second] = await Promise.all(made);
      expect(first).not.toBe(second);
    }));

  test('[W122] is the same for all who need it first', () =>
    withFolder(async (folder) => {
      const chances = Array.from({ length: 20 }, (_, seed) => seededChance(seed));
      const secrets = await Promise.all(chances.map((chance) => localSecret(folder, chance)));
      expect(new Set(secrets).size).toBe(1);
      expect(readdirSync(folder)).toEqual([secretFile]);
    }));

  test('[W122] is closed again where a copy left it open', () =>
    withFolder(async (folder) => {
      const secret = await localSecret(folder, systemChance());
      chmodSync(join(folder, secretFile), 0o644);
      expect(await localSecret(folder, systemChance())).toBe(secret);
      expect(statSync(join(folder, secretFile)).mode & 0o777).toBe(0o600);
    }));

  test.each(['', 'short', `${'a'.repeat(43)} and more`])(
    '[W122] is never half of one: %j is refused and left as it is',
    (text) =>
      withFolder(async (folder) => {
        writeFileSync(join(folder, secretFile), text);
        const refused = localSecret(folder, systemChance());
        await expect(refused).rejects.toThrow(LocalSecretError);
        await expect(refused).rejects.toThrow(/does not hold a secret/);
        expect(readFileSync(join(folder, secretFile), 'utf8')).toBe(text);
      }),
  );

  test('[W122] that cannot be made is said with its folder', () =>
    withFolder(async (parent) => {
      const folder = join(parent, 'file');
      writeFileSync(folder, '');
      await expect(localSecret(folder, systemChance())).rejects.toMatchObject({
        code: 'secret-unusable',
        message: expect.stringContaining(folder),
      });
      mkdirSync(join(parent, 'other', secretFile), { recursive: true });
      const other = localSecret(join(parent, 'other'), systemChance());
      await expect(other).rejects.toMatchObject({ code: 'secret-unusable' });
    }));

  test('[W122] may lie beside the log', () =>
    withFolder(async (folder) => {
      const secret = await localSecret(folder, systemChance());
      const log = await openEmbeddedLog({ folder, store: inlineStore(folder) });
      expect(log.faults).toEqual([]);
      await log.close();
      expect(await localSecret(folder, systemChance())).toBe(secret);
    }));
});
