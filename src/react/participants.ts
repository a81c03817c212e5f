// Who takes part in a session, and who of them is here: what each says of itself in the
// document, joined with presence, in which the server answers for who somebody is.

import { useMemo } from 'react';
import type { SessionLike } from './client-like.ts';
import type { Person } from '../client/presence/person.ts';
import { useSessionFeeds } from './provider.ts';
import { useFeed, usePicked } from './selection.ts';
import type { Participant } from '../session/participant.ts';
import type { Table } from '../session/table.ts';
import type { View } from '../session/view.ts';

export interface PresentParticipant extends Participant {
  /** On how many devices this principal is here now, as far as this device knows. */
  readonly devices: number;
  readonly isTyping: boolean;
}

/** Those who are here first, then the others, each in the order in which they came. */
export function useParticipants(session?: SessionLike): readonly PresentParticipant[] {
  const { feeds } = useSessionFeeds(session);
  const participants = usePicked(feeds.view, participantsOf);
  const others = useFeed(feeds.others);
  return useMemo(() => joined(participants, others), [participants, others]);
}

const participantsOf = (view: View): Table<Participant> => view.participants;

function joined(
  participants: Table<Participant>,
  others: readonly Person[],
): readonly PresentParticipant[] {
  const here = others.map(({ principal, name, kind, colour, devices, typing }) => {
    const said = participants.get(principal);
    return {
      id: principal,
      name: said?.name ?? name,
      kind,
      colour: said?.colour ?? colour ?? undefined,
      devices,
      isTyping: typing,
    };
  });
  const present = new Set(here.map(({ id }) => id));
  const away = [...participants]
    .filter(({ id }) => !present.has(id))
    .map((participant) => ({ ...participant, devices: 0, isTyping: false }));
  return Object.freeze([...here, ...away]);
}
