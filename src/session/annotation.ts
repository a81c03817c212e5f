// Annotations: a score, a label or a comment on a message, a part or a run. They
// live beside messages, never in them, and each is keyed by what it is about, its
// name and who gave it: two people who rate one reply never overwrite each other,
// and one person's second rating replaces the first.

import * as v from 'valibot';
import {
  decode,
  idSchema,
  nameSchema,
  principalSchema,
  sentenceSchema,
  timeSchema,
} from './decode.ts';

export type Target =
  | { readonly kind: 'message'; readonly message: string }
  | { readonly kind: 'part'; readonly message: string; readonly part: string }
  | { readonly kind: 'run'; readonly run: string };

export interface Annotation {
  /** The key: target, name and actor, encoded. */
  readonly id: string;
  readonly target: Target;
  /** What is rated: `helpful`, `correct`, ... */
  readonly name: string;
  readonly actor: string;
  readonly at: number;
  readonly score?: number | undefined;
  readonly label?: string | undefined;
  readonly comment?: string | undefined;
}

/** What an annotation says; at least one of the three. */
export type Judgement = Pick<Annotation, 'score' | 'label' | 'comment'>;

type StoredAnnotation = Omit<Annotation, 'id'>;

const targetSchema: v.GenericSchema<unknown, Target> = v.variant('kind', [
  v.looseObject({ kind: v.literal('message'), message: idSchema }),
  v.looseObject({ kind: v.literal('part'), message: idSchema, part: idSchema }),
  v.looseObject({ kind: v.literal('run'), run: idSchema }),
]);

const annotationSchema: v.GenericSchema<unknown, StoredAnnotation> = v.looseObject({
  target: targetSchema,
  name: v.pipe(nameSchema, v.minLength(1)),
  actor: principalSchema,
  at: timeSchema,
  score: v.optional(v.pipe(v.number(), v.finite())),
  label: v.optional(nameSchema),
  comment: v.optional(sentenceSchema),
});

/** The key of an annotation. Parts are escaped, so no two different triples share one. */
export function annotationKey(target: Target, name: string, actor: string): string {
  const at =
    target.kind === 'run'
      ? ['run', target.run]
      : target.kind === 'message'
        ? ['message', target.message]
        : ['part', target.message, target.part];
  return [...at, name, actor].map(escapeSlash).join('/');
}

const escapeSlash = (text: string): string => text.replaceAll('%', '%25').replaceAll('/', '%2F');

/** Undefined where it is malformed or stands under a key that is not its own. Never throws. */
export function decodeAnnotation(key: string, value: unknown): Annotation | undefined {
  const stored = decode(annotationSchema, value);
  if (stored === undefined) return undefined;
  if (annotationKey(stored.target, stored.name, stored.actor) !== key) return undefined;
  return Object.freeze({ ...stored, id: key });
}
