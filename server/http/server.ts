// The plain HTTP server with its bounds: how long headers, a request and silence may be.

import { createServer, type Server } from 'node:http';
import { httpLimits } from './limits.ts';
import type { Listener } from './listener.ts';

export function createHttpServer(listener: Listener): Server {
  const server = createServer(
    {
      maxHeaderSize: httpLimits.headerBytesMax,
      headersTimeout: httpLimits.headersMsMax,
      requestTimeout: httpLimits.requestMsMax,
      keepAliveTimeout: httpLimits.keepAliveMs,
    },
    listener,
  );
  server.on('checkContinue', listener);
  server.setTimeout(httpLimits.idleMsMax);
  return server;
}
