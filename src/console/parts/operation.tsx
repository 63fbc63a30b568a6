// Who owns a site, cloud or cluster, and whose law binds its operator. What is not recorded is said to be not known.

import { useConsole } from '../state/context.ts';
import type { Operation } from '../types.ts';

export function OperationText({ of, home }: { of: Operation; home: readonly string[] }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const { owner, laws, asOf, verified } = of;
  const foreign = laws?.filter((code) => !home.includes(code));
  return (
    <>
      <small>{w.owner(owner === null ? words.common.unknown : format.title(owner.name))}</small>
      <small class={foreign?.length ? 'warn-text' : undefined}>
        {foreign === undefined
          ? w.dutiesUnknown
          : foreign.length === 0
            ? w.dutiesHome
            : w.duties(format.list(foreign.map((code) => format.country(code))))}
      </small>
      {asOf !== null && <small>{w.asOf(format.published(asOf))}</small>}
      {!verified && <small class="warn-text">{words.overview.unverified}</small>}
    </>
  );
}
