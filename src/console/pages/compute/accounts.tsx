// Device-hours allotted, used and left, by consortium and cluster; and every usage with its origin.

import { Citations } from '../../parts/citations.tsx';
import { Fold, Row, right, State, Table } from '../../parts/elements.tsx';
import { Empty } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { namesIn } from '../../state/names.ts';
import { useIsRecord } from '../../state/record.ts';
import { pathOf } from '../../state/router.ts';
import type { Account, ComputePage } from '../../types.ts';
import { EnterUsage } from './enter-usage.tsx';

interface AccountsOptions {
  programme: string;
  page: ComputePage;
  /** Fetches the page again after a correction; undefined: nothing can be corrected here. */
  onCorrected: (() => void) | undefined;
}

export function Accounts({ programme, page, onCorrected }: AccountsOptions) {
  const { words, format } = useConsole();
  const w = words.compute;
  const clusterOf = (id: string | null) => (id === null ? w.clusterUnknown : namesIn(page.clusters, format)(id));
  const isRecord = useIsRecord();
  if (page.accounts.length === 0)
    return isRecord ? (
      <Empty text={w.noAccountsRecorded} hint={w.noAccountsRecordedHint} />
    ) : (
      <Empty text={w.noAccounts} />
    );
  return (
    <>
      <Table
        caption={w.accounts}
        class="accounts"
        head={[words.people.consortium, w.cluster, ...[w.allotted, w.said, w.metered, w.left].map(right)]}
      >
        {page.accounts.map((account) => (
          <tr key={`${account.consortium} ${account.cluster} ${account.from} ${account.allotted === null}`}>
            <th scope="row">
              <Team programme={programme} id={account.consortium} page={page} />
            </th>
            <td>
              {clusterOf(account.cluster)}
              <small>{w.period(format.day(account.from), format.day(account.to))}</small>
            </td>
            <td class="right">
              {account.allotted === null ? (
                <span class="soft">{w.outside}</span>
              ) : (
                w.hours(format.hours(account.allotted))
              )}
            </td>
            {/* What does not count is there to be compared; it may count in part. */}
            <td class={`right${account.counted === account.metered ? ' soft' : ''}`}>{hours(account.said)}</td>
            <td class="right">{hours(account.metered)}</td>
            <td class="right">
              <Left of={account} />
            </td>
          </tr>
        ))}
      </Table>
      {page.usages.length > 0 && (
        <Fold summary={w.usages}>
          {() => <Usages programme={programme} page={page} onCorrected={onCorrected} clusterOf={clusterOf} />}
        </Fold>
      )}
    </>
  );

  function hours(of: number): string {
    return of === 0 ? '–' : w.hours(format.hours(of));
  }
}

function Team({ programme, id, page }: { programme: string; id: string; page: ComputePage }) {
  const { format } = useConsole();
  return (
    <a href={pathOf('consortium', { programme, consortium: id })}>
      {Object.hasOwn(page.consortia, id) ? format.title(page.consortia[id]) : id}
    </a>
  );
}

function Left({ of: { allotted, counted, left } }: { of: Account }) {
  const { words, format } = useConsole();
  const w = words.compute;
  if (allotted === null || left === null) return <>–</>;
  const used = allotted === 0 ? 1 : counted / allotted;
  if (left < 0) return <State of="incomplete" text={w.over(w.hours(format.hours(-left)), format.percent(used))} />;
  return <>{w.leftText(w.hours(format.hours(left)), format.share(used))}</>;
}

function Usages({
  programme,
  page,
  onCorrected,
  clusterOf,
}: AccountsOptions & { clusterOf: (id: string | null) => string }) {
  const { words, format } = useConsole();
  const w = words.compute;
  return (
    <Table caption={w.usage} class="accounts" head={[w.usage, w.cluster, right(w.hoursHead), w.wordHead, w.sources]}>
      {page.usages.map((usage) => (
        <Row
          key={usage.id}
          cells={[
            <>
              <Team programme={programme} id={usage.consortium} page={page} />
              <small>
                {usage.submission === null ? (
                  usage.id
                ) : (
                  <a href={pathOf('submission', { programme, submission: usage.submission })}>{usage.submission}</a>
                )}
              </small>
            </>,
            { of: clusterOf(usage.cluster), note: w.period(format.day(usage.from), format.day(usage.to)) },
            right(format.hours(usage.deviceHours)),
            <>
              {w.words[usage.word]}
              {usage.sessions !== null && (
                <small>{w.sessions(format.count(usage.sessions.count), format.count(usage.sessions.withoutEnd))}</small>
              )}
              {!usage.counted && <small class="warn-text">{w.notCounted}</small>}
              {onCorrected && usage.word === 'office' && (
                <EnterUsage
                  base={`/programmes/${encodeURIComponent(programme)}`}
                  page={page}
                  was={usage}
                  onDone={onCorrected}
                />
              )}
            </>,
            usage.source === null ? '–' : <Citations of={usage.source} />,
          ]}
        />
      ))}
    </Table>
  );
}
