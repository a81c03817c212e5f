// What a load knows of the process that started it.

import type { Usage } from './probe.ts';

/** What a load found, by name; each with its unit last in the name. */
export type Figures = Readonly<Record<string, number>>;

/** The server that is measured, as its load sees it. */
export interface Host {
  usage(): Promise<Usage>;
  /** After everything that can be collected was collected. */
  collected(): Promise<Usage>;
}
