// JSON as text, from strangers: awareness states and commands. Parsed, then held to
// the same bounds as the values of a document.

import { isJson, type Json } from '../base/json.ts';
import { limits } from './limits.ts';

const bounds = { depthMax: limits.jsonDepthMax, nodesMax: limits.jsonNodesMax };

/** The value, or undefined where the text is no JSON or exceeds the bounds. Never throws. */
export function parseJson(text: string): Json | undefined {
  const value = parse(text);
  return isJson(value, bounds) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
