// What can be done with one session of the list.

import type { ReactElement } from 'react';
import { Archive, Braces, Ellipsis, FileText, Pencil, Pin, Share2, Trash2 } from 'lucide-react';
import type { Client, LibraryEntry } from 'holdfast';
import { useClient } from 'holdfast/react';
import { Menu, type MenuItem } from '../base/menu.tsx';
import { strings } from '../strings.ts';
import { nameOf } from './groups.ts';
import { overlay } from './overlay.ts';
import { deleteSession, exportSession } from './session-actions.ts';

const words = strings.session;

export function SessionMenu({ entry }: { readonly entry: LibraryEntry }): ReactElement {
  const client = useClient();
  return (
    <Menu label={words.menuOf(nameOf(entry))} items={itemsOf(client, entry)}>
      <Ellipsis size={17} aria-hidden />
    </Menu>
  );
}

export function itemsOf(client: Client, entry: LibraryEntry): readonly MenuItem[] {
  const { id: session, title, pinned, archived } = entry;
  const { library } = client;
  const size = 16;
  return [
    {
      name: words.rename,
      icon: <Pencil size={size} aria-hidden />,
      run: () => overlay.set({ kind: 'rename', session, title }),
    },
    {
      name: pinned ? words.unpin : words.pin,
      icon: <Pin size={size} aria-hidden />,
      run: () => library.pin(session, !pinned),
    },
    {
      name: words.share,
      icon: <Share2 size={size} aria-hidden />,
      run: () => overlay.set({ kind: 'share', session }),
    },
    {
      name: words.markdown,
      icon: <FileText size={size} aria-hidden />,
      run: () => void exportSession(client, session, 'markdown'),
    },
    {
      name: words.json,
      icon: <Braces size={size} aria-hidden />,
      run: () => void exportSession(client, session, 'json'),
    },
    {
      name: archived ? words.unarchive : words.archive,
      icon: <Archive size={size} aria-hidden />,
      run: () => library.archive(session, !archived),
    },
    {
      name: words.delete,
      icon: <Trash2 size={size} aria-hidden />,
      isDanger: true,
      run: () => deleteSession(client, session),
    },
  ];
}
