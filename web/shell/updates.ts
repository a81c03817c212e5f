// The service worker that keeps the app on this device, and its next version. A new version waits
// until the person wants it, and is not offered while something is unsent: a page that is loaded
// anew forgets nothing that is stored, but whoever writes should not have to trust in that.

import { scriptUrl } from '../base/trusted.ts';
import { Store } from '../base/store.ts';

type UpdateState = 'none' | 'ready';

class Updates {
  readonly state = new Store<UpdateState>('none');
  #waiting: ServiceWorker | undefined;
  #isWanted = false;

  /** Does nothing where there are no service workers: without https, or forbidden. */
  start(): void {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
    addEventListener('load', () => void this.#register());
  }

  /** Goes on with the new version, which every tab of the app does then. */
  use(): void {
    this.#isWanted = true;
    this.#waiting?.postMessage({ says: 'take over' });
  }

  async #register(): Promise<void> {
    const { serviceWorker } = navigator;
    const hadOne = serviceWorker.controller !== null;
    serviceWorker.addEventListener('controllerchange', () => {
      // The first one takes over a page that runs already, which changes nothing for it.
      if (hadOne || this.#isWanted) location.reload();
    });
    try {
      const registration = await serviceWorker.register(scriptUrl('/sw.js'));
      this.#look(registration);
      registration.addEventListener('updatefound', () => this.#follow(registration));
    } catch {
      // A browser that forbids it: the app works, and needs a network to open.
    }
  }

  #follow(registration: ServiceWorkerRegistration): void {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => this.#look(registration));
  }

  #look({ waiting }: ServiceWorkerRegistration): void {
    if (waiting === null || navigator.serviceWorker.controller === null) return;
    this.#waiting = waiting;
    this.state.set('ready');
  }
}

export const updates = new Updates();
