// What a role belongs to: a programme, and for a consortium's people their consortium.

import { useConsole } from '../state/context.ts';
import { namesIn } from '../state/names.ts';
import type { AccountChange, Title } from '../types.ts';

export interface Belonging {
  programme: string | null;
  consortium: string | null;
  consortiumName?: Title | null;
}

export function BelongsTo({ programme, consortium, consortiumName }: Belonging) {
  const { words, me, format } = useConsole();
  if (programme === null) return words.people.everywhere;
  return (
    <>
      {namesIn(me.programmes, format)(programme)}
      {consortium !== null && <small>{consortiumName ? format.title(consortiumName) : consortium}</small>}
    </>
  );
}

/** A role with what it belongs to. */
export function MembershipText({ of }: { of: NonNullable<AccountChange['after']> }) {
  const { words } = useConsole();
  return (
    <>
      {words.roles[of.role]}
      {of.programme !== null && (
        <small>
          <BelongsTo {...of} />
        </small>
      )}
    </>
  );
}
