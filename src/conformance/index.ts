// The public entry `holdfast/conformance`: what a server of this wire does, as cases that anybody can
// run against any server.

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
