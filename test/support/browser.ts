// One Chromium for a test file, with any number of devices in it. A device is a browser
// profile of its own: other devices share nothing with it, its tabs share everything. After
// each test its devices are closed, and the test fails on any error that a page reported and
// the test did not expect. The browser itself is closed by its own id, however stuck it is.

import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { defined } from '../../src/base/assert.ts';
import { within } from './hang.ts';
import { Tab } from './tab.ts';

/** A browser that takes longer to go is killed. */
const CLOSE_MS = 20_000;

const flags = [
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
  // A name of a network, which is no secure context by plain http.
  '--host-resolver-rules=MAP holdfast.test 127.0.0.1',
  // A tab behind another one is as quick as the one in front.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

export class Device {
  readonly context: BrowserContext;
  readonly tabs: Tab[] = [];
  #end: () => Promise<void>;

  constructor(context: BrowserContext, end: () => Promise<void>) {
    this.context = context;
    this.#end = end;
  }

  /** A new tab, at a page where one is named. */
  async tab(url?: string): Promise<Tab> {
    const tab = new Tab(await this.context.newPage());
    this.tabs.push(tab);
    if (url !== undefined) await tab.page.goto(url);
    return tab;
  }

  /** No network for any tab. A WebSocket falls silent without a close event; requests fail. */
  async cutNetwork(): Promise<void> {
    for (const tab of this.tabs) tab.expectErrors(/ERR_INTERNET_DISCONNECTED/);
    await this.context.setOffline(true);
  }

  async restoreNetwork(): Promise<void> {
    await this.context.setOffline(false);
  }

  /** Closes all tabs; what a kept profile stored stays. */
  close(): Promise<void> {
    return this.#end();
  }

  get unexpected(): readonly string[] {
    return this.tabs.flatMap((tab) => tab.unexpected);
  }
}

export class TestBrowser {
  #browser: Browser;
  #path: string;
  #devices: Device[] = [];

  constructor(browser: Browser, path: string) {
    this.#browser = browser;
    this.#path = path;
  }

  /** A device that nobody has used, gone after the test. */
  async device(): Promise<Device> {
    const context = await this.#browser.newContext();
    return this.#keep(new Device(context, () => context.close()));
  }

  /** A device whose profile stays in a folder: closed and opened again, it starts cold. */
  async keptDevice(folder: string): Promise<Device> {
    const context = await chromium.launchPersistentContext(folder, launchOptions(this.#path));
    const browser = context.browser();
    const pid = browser === null ? undefined : await processId(browser);
    return this.#keep(new Device(context, () => endOf(() => context.close(), pid)));
  }

  /** Closes all devices of a test. Returns what went wrong in them. */
  async closeDevices(): Promise<readonly string[]> {
    const devices = this.#devices;
    this.#devices = [];
    for (const device of devices) await device.close();
    return devices.flatMap((device) => device.unexpected);
  }

  #keep(device: Device): Device {
    this.#devices.push(device);
    return device;
  }
}

/** One browser for all tests of a file or a `describe`. */
export function sharedBrowser(): () => TestBrowser {
  let shared: { readonly tested: TestBrowser; readonly close: () => Promise<void> } | undefined;
  beforeAll(async () => {
    const path = inject('chromiumPath');
    const browser = await chromium.launch(launchOptions(path));
    const pid = await processId(browser);
    shared = {
      tested: new TestBrowser(browser, path),
      close: () => endOf(() => browser.close(), pid),
    };
  });
  afterEach(async () => {
    const wrong = await shared?.tested.closeDevices();
    if (wrong !== undefined && wrong.length > 0) {
      throw new Error(`a page reported what was not expected:\n${wrong.join('\n')}`);
    }
  });
  afterAll(async () => {
    await shared?.close();
  });
  return () => defined(shared, 'a browser').tested;
}

function launchOptions(executablePath: string): LaunchOptions {
  const isRoot = process.getuid?.() === 0;
  return {
    executablePath,
    // The sandbox of Chromium does not work for root.
    chromiumSandbox: !isRoot,
    args: isRoot ? [...flags, '--no-sandbox'] : flags,
    timeout: 60_000,
  };
}

async function processId(browser: Browser): Promise<number | undefined> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.find(({ type }) => type === 'browser')?.id;
}

async function endOf(close: () => Promise<void>, pid: number | undefined): Promise<void> {
  try {
    await within(close(), 'the end of a browser', CLOSE_MS);
  } catch (error) {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    throw error;
  }
}
