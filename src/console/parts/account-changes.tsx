// The record of accounts: who changed what of whom, when. Pages of it are added at its end.

import { useState } from 'preact/hooks';
import { get } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { type Data, useAction } from '../state/data.ts';
import type { AccountChange } from '../types.ts';
import { Row, Table, Time } from './elements.tsx';
import { Failed, Loaded } from './loaded.tsx';
import { MembershipText } from './membership.tsx';
import { Empty } from './page.tsx';

/** Lines of a page of the API: a shorter page is the last. */
const PAGE_LINES = 100;

export function AccountChanges({ data, path }: { data: Data<AccountChange[]>; path: string }) {
  const { words } = useConsole();
  return (
    <Loaded data={data}>
      {(first) =>
        first.length === 0 ? <Empty text={words.accountChanges.none} /> : <Lines first={first} path={path} />
      }
    </Loaded>
  );
}

function Lines({ first, path }: { first: AccountChange[]; path: string }) {
  const { words } = useConsole();
  const w = words.accountChanges;
  const { list, more } = usePages(first, path);
  return (
    <>
      <Table caption={w.caption} head={[words.log.time, words.people.user, words.log.what, w.before, w.after, w.by]}>
        {list.map((line) => (
          <Row
            key={line.id}
            cells={[
              <Time of={line.time} />,
              line.user,
              w.kinds[line.what],
              line.before === null ? '–' : <MembershipText of={line.before} />,
              line.after === null ? '–' : <MembershipText of={line.after} />,
              line.by ?? w.commandLine,
            ]}
          />
        ))}
      </Table>
      {more}
    </>
  );
}

/** Lines of a record: the first page, and those that were asked for by the button `more`. */
export function usePages<T extends { id: number }>(first: T[], path: string) {
  const { words } = useConsole();
  const [older, setOlder] = useState<{ of: T[]; list: T[]; isLast: boolean }>({ of: first, list: [], isLast: false });
  const rest = older.of === first ? older : { of: first, list: [], isLast: false };
  const list = [...first, ...rest.list];
  const action = useAction(async () => {
    const page = await get<T[]>(`${path}?before=${list.at(-1)!.id}`);
    setOlder({ of: first, list: [...rest.list, ...page], isLast: page.length < PAGE_LINES });
  });
  const more = (
    <>
      <Failed of={action.failure} />
      {first.length >= PAGE_LINES && !rest.isLast && (
        <div class="buttons">
          <button type="button" aria-disabled={action.busy} onClick={() => action.run()}>
            {action.busy ? words.common.working : words.accountChanges.more}
          </button>
        </div>
      )}
    </>
  );
  return { list, more };
}
