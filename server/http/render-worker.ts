// The thread in which bodies are made: one job after another, each answered once.

import { parentPort } from 'node:worker_threads';
import { defined } from '../../src/base/assert.ts';
import { render, type Rendered } from './render.ts';
import { unpackJob, type PackedJob } from './render-job.ts';

const port = defined(parentPort, 'the port of a thread');

port.on('message', (packed: PackedJob) => {
  const rendered: Rendered = render(unpackJob(packed));
  if (!rendered.ok) return port.postMessage(rendered);
  // A copy of its own: what is handed over must not be part of a pool.
  const bytes = new Uint8Array(rendered.bytes);
  port.postMessage({ ...rendered, bytes }, [bytes.buffer]);
});
