// Who may see a session, and by which links others come to. The server decides and is asked each
// time: nothing of it is kept here, so nothing of it is shown that is not so.

import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { Button } from '../base/button.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Choice, Field } from '../base/field.tsx';
import { notes } from '../base/notes.tsx';
import { strings } from '../strings.ts';
import { type Api, type InviteLink, type Member, type Role, roles, useApi } from './api.ts';
import { identity } from './identity.ts';
import { closeOverlay } from './overlay.ts';
import styles from './share-dialog.module.css';

const words = strings.share;

interface Sharing {
  readonly members: readonly Member[];
  readonly links: readonly InviteLink[];
}

type Seen = Sharing | { readonly problem: string } | undefined;

export function ShareDialog({ session }: { readonly session: string }): ReactElement {
  const api = useApi();
  const [seen, setSeen] = useState<Seen>();
  const look = useCallback(async () => setSeen(await sharingOf(api, session)), [api, session]);
  useEffect(() => void look(), [look]);
  /** Does something, says what went wrong, and looks again. */
  const act = async (doing: Promise<{ ok: boolean; sentence?: string }>): Promise<void> => {
    const answer = await doing;
    if (!answer.ok) notes.say(answer.sentence || words.needsServer);
    await look();
  };
  return (
    <Dialog title={words.title} onClose={closeOverlay}>
      {seen !== undefined && 'problem' in seen && <p role="alert">{seen.problem}</p>}
      {seen !== undefined && 'members' in seen && (
        <>
          <Links session={session} links={seen.links} api={api} act={act} look={look} />
          <People session={session} members={seen.members} api={api} act={act} />
        </>
      )}
    </Dialog>
  );
}

async function sharingOf(api: Api, session: string): Promise<Seen> {
  const members = await api.members(session);
  if (!members.ok) {
    const isMine = members.code === 'unreachable' || members.code === 'missing';
    return { problem: isMine ? words.needsServer : words.onlyOwner };
  }
  const links = await api.links(session);
  return { members: members.value, links: links.ok ? links.value : [] };
}

interface Acting {
  readonly session: string;
  readonly api: Api;
  readonly act: (doing: Promise<{ ok: boolean; sentence?: string }>) => Promise<void>;
}

const named = (role: Role): readonly [Role, string] => [role, words.roles[role]];
/** Whoever has a link may pass it on, so it makes nobody an owner. */
const linkRoles = roles.filter((role) => role !== 'owner').toReversed();

interface LinksProps extends Acting {
  readonly links: readonly InviteLink[];
  readonly look: () => Promise<void>;
}

function Links({ session, links, api, act, look }: LinksProps): ReactElement {
  const [role, setRole] = useState<Role>('viewer');
  const [made, setMade] = useState<string | null>(null);
  const make = async (): Promise<void> => {
    const answer = await api.makeLink(session, role);
    if (!answer.ok) return notes.say(answer.sentence || words.needsServer);
    setMade(`${location.origin}/#join=${answer.value}`);
    await look();
  };
  return (
    <section className={styles['part']}>
      <h3>{words.linkTitle}</h3>
      <p>{words.linkSentence}</p>
      <div className={styles['line']}>
        <Choice
          label={words.role}
          isBare
          value={role}
          options={linkRoles.map(named)}
          onChoice={setRole}
        />
        <Button look="main" onClick={() => void make()}>
          {words.makeLink}
        </Button>
      </div>
      <p>{words.may[role]}</p>
      {made !== null && <Made link={made} />}
      {links.length > 0 && (
        <ul aria-label={words.links}>
          {links.map((link) => (
            <li key={link.digest} className={styles['row']}>
              <span>{words.linkOf(link.role, link.digest)}</span>
              <Button look="quiet" onClick={() => void act(api.revoke(session, link.digest))}>
                {words.revoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Made({ link }: { readonly link: string }): ReactElement {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    notes.say(strings.copied);
  };
  return (
    <div className={styles['line']}>
      <Field
        label={words.linkTitle}
        value={link}
        readOnly
        onText={() => undefined}
        onFocus={(event) => event.target.select()}
      />
      <Button onClick={() => void copy()}>{words.copy}</Button>
    </div>
  );
}

function People({ session, members, api, act }: Acting & Pick<Sharing, 'members'>): ReactElement {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const me = identity.account?.principal;
  return (
    <section className={styles['part']}>
      <h3>{words.people}</h3>
      <ul>
        {members.map((member) => (
          <li key={member.principal} className={styles['row']}>
            <span dir="auto">
              {member.principal}
              {member.principal === me && ` (${words.you})`}
            </span>
            <Choice
              label={words.roleOf(member.principal)}
              isBare
              value={member.role}
              options={roles.map(named)}
              onChoice={(chosen) => void act(api.invite(session, member.principal, chosen))}
            />
            <Button
              look="quiet"
              aria-label={words.removeOf(member.principal)}
              onClick={() => void act(api.remove(session, member.principal))}
            >
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className={styles['line']}
        onSubmit={(event) => {
          event.preventDefault();
          void act(api.invite(session, name.trim(), role));
          setName('');
        }}
      >
        <Field label={words.principal} value={name} onText={setName} />
        <Choice label={words.role} value={role} options={roles.map(named)} onChoice={setRole} />
        <Button type="submit" disabled={name.trim() === ''}>
          {words.add}
        </Button>
      </form>
    </section>
  );
}
