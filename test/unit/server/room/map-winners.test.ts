import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentIndex } from '../../../../server/room/document-index.ts';
import { runs } from '../../../support/count.ts';
import { ask } from '../../../support/gate.ts';
import { RoomOracle } from '../../../support/room-oracle.ts';

/** Who does what: writes or deletes the key, or takes everything that another has. */
const step = fc.record({ peer: fc.nat(3), act: fc.nat(4), from: fc.nat(3) });

test('[W150] of many writes to one key, the one counts that counts in a document', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, gc) => {
      const docs = [40, 10, 30, 20].map((client) => {
        const doc = new Y.Doc({ gc: client !== 30 });
        doc.clientID = client;
        return doc;
      });
      const index = new DocumentIndex();
      const oracle = new RoomOracle(gc);
      const upload = (peer: number): void => {
        const doc = docs[peer];
        if (doc === undefined) return;
        const principal = 'ann';
        const verdict = ask(index, Y.encodeStateAsUpdate(doc), { principal, isAnswer: true });
        if (!verdict.ok) throw new Error(verdict.code);
        oracle.apply(verdict.updates);
        expect(oracle.differences(index)).toEqual([]);
      };
      for (const [at, { peer, act, from }] of steps.entries()) {
        const doc = docs[peer];
        const other = docs[from];
        if (doc === undefined || other === undefined) continue;
        if (act < 2) doc.getMap('meta').set('key', at);
        else if (act === 2) doc.getMap('meta').delete('key');
        else if (act === 3) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
        else upload(peer);
      }
      for (const peer of docs.keys()) upload(peer);
    }),
    runs(200, 10_000),
  );
});
