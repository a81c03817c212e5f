// Claims in the store: the last one of each run that ever had one.

import type { Claim } from './claims.ts';
import { integer, sound, text, type Connection } from './sqlite-connection.ts';
import { rowChecksum } from './sqlite-schema.ts';
import type { StoreActions } from './store.ts';

export function claimActions(connection: Connection): Pick<StoreActions, 'putClaim'> {
  return {
    putClaim: (claim) => {
      const fields = fieldsOf(claim);
      connection.fact(() => {
        const sql = 'INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?)';
        connection.run(sql, ...fields, rowChecksum(...fields));
      });
    },
  };
}

export function readClaims(connection: Connection): readonly Claim[] {
  return connection.all('SELECT * FROM claims').map((row) => {
    const claim: Claim = {
      session: text(row, 'session'),
      run: text(row, 'run'),
      holder: text(row, 'holder'),
      epoch: integer(row, 'epoch'),
      living: integer(row, 'living') === 1,
    };
    sound(row, ...fieldsOf(claim));
    return claim;
  });
}

function fieldsOf({ session, run, holder, epoch, living }: Claim): readonly (string | number)[] {
  return [session, run, holder, epoch, living ? 1 : 0];
}
