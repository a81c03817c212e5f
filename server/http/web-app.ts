// The web app: its page on every path that is not a file and not the server's own, and its
// files under their names. The page may run its own scripts and nothing else, and may talk
// to this server alone. Without an app, `/` says what this server is.

import type { IncomingMessage } from 'node:http';
import type { Answer, AnswerHeaders } from './answer.ts';
import { hasAlready } from './etag.ts';
import { failure } from './failure.ts';
import { httpLimits } from './limits.ts';
import type { PageHandle } from './listener.ts';
import type { Target } from './path.ts';
import { preferred } from './preference.ts';
import type { WebFile, WebFiles } from './web-folder.ts';

const PAGE = 'index.html';

/** `'self'` of connect-src is also the sockets of this server. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types holdfast',
].join('; ');

const headers: AnswerHeaders = {
  'content-security-policy': policy,
  'permissions-policy': 'camera=(), geolocation=(), payment=(), usb=()',
  vary: 'accept-encoding',
};

export function webApp(files: WebFiles): PageHandle {
  const page = files.get(PAGE);
  if (page === undefined) return ({ segments }) => (isRoot(segments) ? sign : unknown);
  return ({ segments }, request) => {
    const path = segments.join('/');
    const file = isRoot(segments) ? page : files.get(path);
    if (file !== undefined) return answerOf(file, request);
    // A missing script must not be a page: it would be run, or kept, as one.
    return path.includes('.') ? unknown : answerOf(page, request);
  };
}

const isRoot = (segments: Target['segments']): boolean => segments.join('') === '';

function answerOf(file: WebFile, request: IncomingMessage): Answer {
  const cached = file.isImmutable
    ? `public, max-age=${httpLimits.immutableSeconds}, immutable`
    : 'no-cache';
  const always = { ...headers, etag: file.tag, 'cache-control': cached };
  if (hasAlready(request, file.tag)) return { status: 304, headers: always };
  const wanted = request.headers['accept-encoding'];
  const offers = (['br', 'gzip', 'identity'] as const).filter((form) => file.forms.has(form));
  const form = wanted === undefined ? 'identity' : (preferred(wanted, offers) ?? 'identity');
  const encoded = form === 'identity' ? {} : { 'content-encoding': form };
  const body = file.forms.get(form) ?? new Uint8Array();
  return { status: 200, headers: { ...always, 'content-type': file.type, ...encoded }, body };
}

const unknown = failure('no-such-address');

const sign: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast</title>
<h1>Holdfast</h1>
<p>This is a sync server for sessions between people and agents. It was started without its web app.</p>
<ul>
<li>Sessions are synchronised at <code>/sync/:session</code>, with any <code>y-websocket</code> client.</li>
<li>What there is to read over HTTP begins with <code>/api/sessions</code>.</li>
<li><a href="/healthz">/healthz</a> and <a href="/readyz">/readyz</a> say how it is.</li>
</ul>
<p>The documentation is in the folder <code>docs</code> of the package.</p>
</html>
`,
};
