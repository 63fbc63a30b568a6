// A name that was entered wrongly is mended by an entry that holds both names.

import type { Json } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Title } from '../rules/index.ts';
import { type Named, nameNow } from '../state/index.ts';

export interface Mending {
  what: Named;
  id: string;
  name: Title;
  reason?: string;
}

/** @throws JikjiError `...-unknown`, `name-known`, `entry-broken` */
export async function mendName(programme: Programme, mending: Mending, actor: string) {
  let before: Title | undefined;
  const [entry] = await programme.recordOnce(actor, (tables) => {
    before = nameNow(tables, mending.what, mending.id) as Title;
    return [{ kind: 'name-mended', data: { ...mending, before } as unknown as Json }];
  });
  return { seq: entry!.seq, before: before! };
}
