// A tab with the page `app`: what a person does in it, and what they see. The page is given
// under the address of the server that it speaks to, by the browser itself: so it is there
// without a network too, and every request that the network sees is one of the client.

import { systemClock } from '../../src/base/clock.ts';
import type { AppOptions, Seen } from '../e2e/browser/pages/app.ts';
import type { Device } from './browser.ts';
import { bundlePage, type PageFiles } from './page-bundle.ts';
import type { Tab } from './tab.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Longer than a slow machine needs. */
const WAIT_MS = 30_000;
const LOOK_MS = 20;

/** Answers for the page at this address, with or without a network. Everything else passes. */
export async function givePage(device: Device, origin: string, files: PageFiles): Promise<void> {
  // What no server gave is of no known network, from where a browser asks before it dials here.
  await device.context.grantPermissions(['local-network-access'], { origin });
  for (const [path, content] of files) {
    const contentType = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain';
    const body = typeof content === 'string' ? content : Buffer.from(content);
    const address = `${origin}/${path === 'index.html' ? 'page' : path}`;
    await device.context.route(address, (route) => route.fulfill({ body, contentType }));
  }
}

export class AppTab {
  readonly tab: Tab;
  /** Paths that its page asked for, and addresses that it dialled. */
  readonly asked: string[] = [];

  constructor(tab: Tab) {
    this.tab = tab;
    // While there is no network or no server, a browser reports each attempt.
    tab.expectErrors(/WebSocket connection to .* failed|Failed to load resource/);
    tab.page.on('request', (request) => this.asked.push(new URL(request.url()).pathname));
    tab.page.on('websocket', (socket) => this.asked.push(new URL(socket.url()).pathname));
  }

  /** Loads the page, and opens a session in it. */
  async open(options: AppOptions, origin: string = options.url): Promise<void> {
    await this.tab.page.goto(`${origin}/page`);
    await this.start(options);
  }

  /** Opens a session in the page that is there, and waits until it can be read. */
  async start(options: AppOptions): Promise<void> {
    const { page } = this.tab;
    // Not waited for in there: a browser under load forgets the promises of its tools.
    await page.evaluate((given) => window.app.open(given), options);
    await page.waitForFunction(() => window.app.isReady());
  }

  say(text: string, agent?: string): Promise<void> {
    return this.tab.page.evaluate(([said, to]) => window.app.say(said ?? '', to), [text, agent]);
  }

  see(): Promise<Seen> {
    return this.tab.page.evaluate(() => window.app.see());
  }

  /** Until what is seen has all of this. Rows are `text` where they are safe, or `text (state)`. */
  async sees(wanted: Wanted): Promise<Seen> {
    const until = systemClock.now() + WAIT_MS;
    let seen = await this.see();
    while (!hasAll({ ...seen, rows: rowsOf(seen) }, wanted)) {
      if (systemClock.now() > until) {
        throw new Error(`this was to be seen: ${print(wanted)}\nand this is: ${print(seen)}`);
      }
      await new Promise<void>((resolve) => systemClock.after(LOOK_MS, resolve));
      seen = await this.see();
    }
    return seen;
  }
}

type Wanted = Partial<Omit<Seen, 'rows'>> & { readonly rows?: readonly string[] };

function hasAll(seen: object, wanted: Wanted): boolean {
  return JSON.stringify({ ...seen, ...wanted }) === JSON.stringify(seen);
}

const print = (value: unknown): string => JSON.stringify(value, undefined, 2).slice(0, 4_000);

export function rowsOf({ rows }: Seen): string[] {
  return rows.map(({ text, state }) =>
    state === '' || state === 'durable' || state === 'seen' ? text : `${text} (${state})`,
  );
}

/** A tab of the device, at the page of a server. The page is given to a device once. */
export async function appTab(device: Device, origin: string): Promise<AppTab> {
  if (!prepared.has(device)) {
    prepared.add(device);
    await givePage(device, origin, await bundlePage('app'));
  }
  return new AppTab(await device.tab());
}

const prepared = new WeakSet<Device>();
