// A session's committed updates as one body: one Yjs update, a transcript as JSON, or as
// Markdown. It builds the document, which costs time and memory in proportion to the
// session, and more where the session is hostile; so it runs in a thread of its own
// (renderer.ts), and compresses there too.

import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as Y from 'yjs';
import { SessionError } from '../../src/session/error.ts';
import { toMarkdown } from '../../src/session/markdown.ts';
import { openSession } from '../../src/session/session.ts';
import { toTranscriptJson } from '../../src/session/transcript.ts';
import { httpLimits } from './limits.ts';

export type RenderForm = 'update' | 'json' | 'markdown';
export type Encoding = 'zstd' | 'gzip' | 'identity';

export interface RenderJob {
  readonly form: RenderForm;
  readonly encoding: Encoding;
  /** Causal order, deletions last. */
  readonly updates: readonly Uint8Array[];
}

export type Rendered =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly encoding: Encoding }
  /** `unreadable`: no session, or one of a newer version. */
  | { readonly ok: false; readonly code: 'unreadable' | 'too-large' };

/** What this Node can do: zstd came with 22.15. */
export const encodings: readonly Encoding[] =
  typeof zstdCompressSync === 'function' ? ['zstd', 'gzip', 'identity'] : ['gzip', 'identity'];

export function render({ form, encoding, updates }: RenderJob): Rendered {
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    const bytes = written(doc, form);
    if (bytes === undefined) return { ok: false, code: 'unreadable' };
    if (bytes.length > httpLimits.renderedBytesMax) return { ok: false, code: 'too-large' };
    return { ok: true, ...compressed(bytes, encoding) };
  } finally {
    doc.destroy();
  }
}

function written(doc: Y.Doc, form: RenderForm): Uint8Array | undefined {
  if (form === 'update') return Y.encodeStateAsUpdate(doc);
  try {
    const { view } = openSession(doc, { principal: 'holdfast' });
    return Buffer.from(form === 'json' ? JSON.stringify(toTranscriptJson(view)) : toMarkdown(view));
  } catch (error) {
    if (error instanceof SessionError) return undefined;
    throw error;
  }
}

function compressed(
  bytes: Uint8Array,
  encoding: Encoding,
): { bytes: Uint8Array; encoding: Encoding } {
  if (bytes.length < httpLimits.compressedBytesMin) return { bytes, encoding: 'identity' };
  switch (encoding) {
    case 'zstd':
      return { bytes: zstdCompressSync(bytes), encoding };
    case 'gzip':
      return { bytes: gzipSync(bytes), encoding };
    case 'identity':
      return { bytes, encoding };
  }
}
