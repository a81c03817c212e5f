// Verbs on what a session says of itself and of who takes part: small plain values,
// each under a key of its own.

import { canonicalJson, type Json } from '../base/json.ts';
import { annotationKey, type Annotation, type Judgement, type Target } from './annotation.ts';
import { isSessionJson } from './decode.ts';
import { sessionError } from './error.ts';
import { limits } from './limits.ts';
import { decodeProfile, type Profile } from './participant.ts';
import { knownMessage, knownRun, type Pen } from './pen.ts';
import { isPolicy, type Policy } from './policy.ts';
import { META, SCHEMA } from './shape.ts';
import { asJson, line, storable } from './store.ts';
import { choicesTo } from './tree.ts';

/** What a new session is given. */
export interface Beginning {
  readonly title?: string | undefined;
  readonly agent?: string | undefined;
  readonly policy?: Policy | undefined;
}

/** Writes `meta` of a new session, once. */
export function writeMeta(pen: Pen, given: Beginning): void {
  const meta: Record<string, Json | undefined> = {
    [META.schema]: SCHEMA,
    [META.createdAt]: pen.clock.now(),
    [META.createdBy]: pen.principal,
    [META.title]: given.title && line(given.title, 'A title', limits.titleCharsMax),
    [META.agent]: given.agent && line(given.agent, 'An agent name', limits.nameCharsMax),
    [META.policy]: given.policy && checkPolicy(given.policy),
  };
  pen.doc.transact(() => {
    for (const [key, value] of Object.entries(meta)) {
      if (value !== undefined) pen.roots.meta.set(key, value);
    }
  }, pen);
}

export function rename(pen: Pen, title: string): void {
  pen.roots.meta.set(META.title, line(title, 'A title', limits.titleCharsMax));
}

export function setPolicy(pen: Pen, policy: Policy): void {
  pen.roots.meta.set(META.policy, checkPolicy(policy));
}

export function setAgent(pen: Pen, agent: string): void {
  pen.roots.meta.set(META.agent, line(agent, 'An agent name', limits.nameCharsMax));
}

/** Says who the principal is, where that is not what the document says already. */
export function introduce(pen: Pen, profile: Profile): void {
  const stored = storable(profile, 'A profile');
  if (decodeProfile(stored) === undefined) {
    throw sessionError('bad-input', 'A profile has a name, a kind and at most a #rrggbb colour.');
  }
  const known = pen.roots.participants.get(pen.principal);
  if (isSessionJson(known) && canonicalJson(known) === canonicalJson(asJson(stored))) return;
  pen.roots.participants.set(pen.principal, asJson(stored));
}

/** Chooses for everybody who follows the shared selection. */
export function share(pen: Pen, message: string): void {
  const choices = choicesTo(pen.view().tree, knownMessage(pen, message).id);
  pen.doc.transact(() => {
    for (const [parent, child] of choices) {
      const forks = (pen.view().tree.children.get(parent)?.length ?? 0) > 1;
      const known = pen.roots.selection.get(parent);
      if (known !== child && (forks || known !== undefined || child === message)) {
        pen.roots.selection.set(parent, child);
      }
    }
  }, pen);
}

/** Gives, or gives anew, this principal's judgement under a name. Returns the annotation's id. */
export function annotate(pen: Pen, target: Target, name: string, judgement: Judgement): string {
  checkTarget(pen, target);
  const { score, label, comment } = judgement;
  if (score === undefined && label === undefined && comment === undefined) {
    throw sessionError('bad-input', 'An annotation has a score, a label or a comment.');
  }
  if (score !== undefined && !Number.isFinite(score)) {
    throw sessionError('bad-input', 'A score is a finite number.');
  }
  const annotation: Omit<Annotation, 'id'> = {
    target,
    name: line(name, 'An annotation name', limits.nameCharsMax),
    actor: pen.principal,
    at: pen.clock.now(),
    score,
    label: label && line(label, 'A label', limits.nameCharsMax),
    comment: comment && line(comment, 'A comment', limits.sentenceCharsMax),
  };
  const key = annotationKey(target, annotation.name, pen.principal);
  pen.roots.annotations.set(key, asJson(storable(annotation, 'An annotation')));
  return key;
}

/** Takes this principal's own judgement back. Does nothing if there is none. */
export function retract(pen: Pen, target: Target, name: string): void {
  pen.roots.annotations.delete(annotationKey(target, name, pen.principal));
}

function checkTarget(pen: Pen, target: Target): void {
  if (target.kind === 'run') {
    knownRun(pen, target.run);
    return;
  }
  const message = knownMessage(pen, target.message);
  if (target.kind === 'message' || message.parts.some((part) => part.id === target.part)) return;
  throw sessionError('not-found', `The message has no part ${target.part}.`, { part: target.part });
}

function checkPolicy(policy: Policy): Policy {
  if (isPolicy(policy)) return policy;
  throw sessionError('bad-input', `There is no policy ${String(policy)}.`);
}
