// Whose name an entry bears. Readers are told who said, asked or judged something by a name that its
// writer stored, so the gate lets nobody store another's: what a session shows is what was judged.

import { isJsonObject, type Json } from '../../src/base/json.ts';
import { META } from '../../src/session/shape.ts';
import type { Place } from './place.ts';

/** The key that names the writer in a value, by the place of the map that holds it. */
const signedBy: Partial<Record<Place, string>> = {
  message: 'author',
  run: 'createdBy',
  control: 'by',
};

/** Whether values there bear a name. */
export const isSigned = (place: Place): boolean =>
  place === 'meta' || signedBy[place] !== undefined;

/** Whether what stands under a key there bears the name of somebody else. A value without one bears none. */
export function isOfAnother(
  place: Place,
  key: string,
  value: Json | undefined,
  principal: string,
): boolean {
  switch (place) {
    case 'participants':
      return key !== principal;
    case 'annotations':
      return (actorOf(key) ?? principal) !== principal;
    case 'meta':
      return key === META.createdBy && value !== undefined && value !== principal;
    default: {
      const name = signedBy[place];
      const said = name === undefined || !isJsonObject(value) ? undefined : value[name];
      return said !== undefined && said !== principal;
    }
  }
}

/** How many parts the key of an annotation has, by what it is about (src/session/annotation.ts). */
const annotationParts = new Map([
  ['message', 4],
  ['run', 4],
  ['part', 5],
]);

/** Who made the annotation of this key. Undefined where it is none, which no reader shows. */
function actorOf(key: string): string | undefined {
  const parts = key.split('/');
  if (annotationParts.get(parts[0] ?? '') !== parts.length) return undefined;
  return parts.at(-1)?.replaceAll('%2F', '/').replaceAll('%25', '%');
}
