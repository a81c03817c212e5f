// Reads replies to those who listen: whole sentences as they come, in a polite log that is no part
// of the message, and one line when a reply is complete or a tool asks for consent. Whoever wants
// to hear only the end says so in the settings. What changes with every token is no live region.

import type { PartDelta, SessionHandle, View } from 'holdfast';
import { isFinal } from 'holdfast/session';
import { useEffect } from 'react';
import { notes } from '../base/notes.tsx';
import { recall } from '../base/remembered.ts';
import { SentenceFeed } from './sentences.ts';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

/** The setting by which a reply is read only when it is complete. */
const onlyComplete = (): boolean => recall('announce') === 'complete';

export function Announcer(): null {
  const { session } = useTalk();
  useEffect(() => {
    const feeds = new Map<string, SentenceFeed>();
    const stops = [
      session.follow((change) => speakWords(session, feeds, change)),
      session.subscribe(
        (view) => view.runs,
        () => speakEnds(session, running, feeds),
      ),
    ];
    const running = new Set(activeRuns(session.view));
    return () => stops.forEach((stop) => stop());
  }, [session]);
  return null;
}

function speakWords(
  session: SessionHandle,
  feeds: Map<string, SentenceFeed>,
  change: PartDelta,
): void {
  if (!('append' in change.delta) || onlyComplete()) return;
  const part = session.view.messages
    .get(change.message)
    ?.parts.find(({ id }) => id === change.part);
  if (part?.type !== 'text') return;
  const feed = feeds.get(change.message) ?? new SentenceFeed();
  feeds.set(change.message, feed);
  const said = feed.add(change.delta.append);
  if (said !== '') notes.speak(said);
}

const activeRuns = (view: Pick<View, 'runs'>): readonly string[] =>
  [...view.runs].filter(({ status }) => !isFinal(status.state)).map(({ id }) => id);

function speakEnds(
  session: SessionHandle,
  running: Set<string>,
  feeds: Map<string, SentenceFeed>,
): void {
  for (const run of session.view.runs) {
    const isOver = isFinal(run.status.state);
    if (!isOver) running.add(run.id);
    if (!isOver || !running.delete(run.id)) continue;
    const rest = feeds.get(run.reply)?.rest() ?? '';
    feeds.delete(run.reply);
    if (rest !== '' && !onlyComplete()) notes.speak(rest);
    if (run.status.state === 'complete') notes.speak(words.completed(run.agent));
    if (run.status.state === 'failed')
      notes.speak(`${words.runs.failed}: ${run.status.error.message}`);
  }
}
