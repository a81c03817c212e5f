// The public entry `holdfast/conformance`: what a server of this wire does, and what
// an offline store does, as cases that anybody can run against any.

export {
  type ConformanceCase,
  type ConformanceOptions,
  type ConformanceRole,
  serverCases,
} from './server-cases.ts';
export {
  ConformanceFailure,
  type MakeProvider,
  type StockAwareness,
  type StockProvider,
} from './stock.ts';
export { storeCases } from './store-cases.ts';
export type { StoreOptions } from './store-stage.ts';
