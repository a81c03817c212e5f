// A WebSocket that says why in our own codes where `ws` itself ends the connection: a message
// above its bound would be closed with 1009, after which a stock client comes back with the
// same message for ever.

import { WebSocket } from 'ws';
import { closeReasons } from '../../src/protocol/close.ts';

const MESSAGE_TOO_BIG = 1009;

export class FarewellSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    const { tooLarge } = closeReasons;
    if (code === MESSAGE_TOO_BIG) super.close(tooLarge.code, tooLarge.name);
    else super.close(code, reason);
  }
}
