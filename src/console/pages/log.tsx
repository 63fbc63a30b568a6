// The log, page by page from its end. New entries are announced, and shown at once on the newest page.

import { useEffect, useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { Digest, Row, right, Source, Table, Time } from '../parts/elements.tsx';
import { Choice } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { kindText, summarizeEntry } from '../state/entry-summary.ts';
import { useLive } from '../state/live.ts';
import { useObservable } from '../state/observable.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf, search } from '../state/router.ts';
import type { LogEntry, LogPage } from '../types.ts';
import type { Words } from '../words/words.ts';
import { Compare } from './log/compare.tsx';
import { Verification } from './log/verification.tsx';

const PAGE_ENTRIES = 50;
/** Entries fetched at a time to filter by kind: the maximum of the API. */
const MAX_FETCHED_ENTRIES = 200;

/** The entry that the address names: `?entry=12`. */
const entryIn = (query: string): number | null =>
  Number(/^[1-9]\d{0,14}$/.exec(new URLSearchParams(query).get('entry') ?? '')?.[0] ?? 0) || null;

export default function Log({ programme }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.log;
  const isRecord = useIsRecord();
  const { role } = me.viewer;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const [kind, setKind] = useState('');
  /** The last entry shown; null: the newest. `?entry=` names one to begin with. */
  const asked = entryIn(useObservable(search));
  const [upTo, setUpTo] = useState(asked);
  useEffect(() => setUpTo(asked), [asked]);
  const [fresh, setFresh] = useState(0);
  const count = kind === '' ? PAGE_ENTRIES : MAX_FETCHED_ENTRIES;
  const from = upTo === null ? '' : `&from=${Math.max(1, upTo - count + 1)}`;
  const data = useData<LogPage>(`${base}/log?count=${upTo === null ? count : Math.min(count, upTo)}${from}`);
  const page = data.value?.entries;
  const entries = page?.filter((entry) => kind === '' || entry.kind === kind);
  const renew = useThrottled(() => {
    data.again();
    setFresh(0);
  }, 400);
  const newest = upTo === null;
  const head = data.value?.head;
  useLive(
    head ? `${base}/events` : null,
    ['entries'],
    (_, data) => {
      const { from, to } = data as { from: number; to: number };
      if (newest) renew();
      else setFresh((known) => known + to - from + 1);
    },
    head?.seq,
  );
  const toNewest = () => {
    setUpTo(null);
    setFresh(0);
  };
  const newer = () => {
    const next = (upTo ?? 0) + count;
    if (head && next >= head.seq) toNewest();
    else setUpTo(next);
  };
  return (
    <Page
      title={words.nav.log}
      actions={
        <>
          <a class="button" href={pathOf('register', { programme })}>
            {words.register.title}
          </a>
          {(role === 'office' || role === 'auditor') && (
            <a class="button" href={pathOf('access', { programme })}>
              {words.access.title}
            </a>
          )}
          {role === 'office' && (
            <a class="button" href={pathOf('backup', { programme })}>
              {words.backup.title}
            </a>
          )}
        </>
      }
      lead={
        <>
          <p>{w.lead}</p>
          {head && (
            <p>
              {w.head}: <Digest of={head.link} copy={w.head} />
            </p>
          )}
        </>
      }
    >
      <div class="grid">
        <Verification base={base} />
        <Compare base={base} />
      </div>
      <div class="card stacked">
        <div class="pager">
          <div class="inline">
            <Choice
              label={w.filter}
              value={kind}
              options={[
                { value: '', text: w.all },
                ...Object.entries(words.kinds).map(([value, text]) => ({
                  value,
                  text: isRecord && value === 'finding-signed' ? w.findingReported : text,
                })),
              ]}
              onValue={(next) => {
                setKind(next);
                toNewest();
              }}
            />
          </div>
          {page && page.length > 0 && (
            <div class="buttons">
              <span class="soft">{w.range(format.count(page[0].seq), format.count(page[page.length - 1].seq))}</span>
              <button type="button" disabled={newest} onClick={toNewest}>
                {w.newest}
              </button>
              <button type="button" disabled={newest} onClick={newer}>
                {w.newer}
              </button>
              <button type="button" disabled={page[0].seq <= 1} onClick={() => setUpTo(page[0].seq - 1)}>
                {w.older}
              </button>
            </div>
          )}
        </div>
        <div role="status">
          {fresh > 0 && (
            <button type="button" onClick={toNewest}>
              {w.arrived(format.count(fresh))}
            </button>
          )}
        </div>
        <Loaded data={data}>
          {() => (entries!.length === 0 ? <Empty text={w.none} /> : <Entries entries={entries!} named={asked} />)}
        </Loaded>
      </div>
    </Page>
  );
}

/** `office:kim` as the office and who acted for it; other actors as they are. */
function actorText(actor: string, { roles }: Words): string {
  const [role, ...user] = actor.split(':');
  return [wordFor(roles, role!), user.join(':')].join(' ');
}

function Entries({ entries, named }: { entries: LogEntry[]; named: number | null }) {
  const { words, format } = useConsole();
  const w = words.log;
  return (
    <Table caption={w.caption} head={[right(w.entry), w.what, w.who, w.time, w.link]}>
      {[...entries].reverse().map((entry) => (
        <Row
          key={entry.seq}
          isNamed={entry.seq === named}
          cells={[
            right(format.count(entry.seq)),
            {
              class: 'what',
              of: (
                <>
                  <strong>{kindText(entry, words)}</strong>
                  {entry.withheld ? (
                    <small>{w.withheld}</small>
                  ) : (
                    <>
                      <small>
                        {summarizeEntry(entry, format, { component: words.components, verdict: words.verdicts })}
                      </small>
                      {entry.data !== null && (
                        <details open={entry.seq === named}>
                          <summary>
                            {words.common.details}
                            <span class="hidden"> {words.common.entry(format.count(entry.seq))}</span>
                          </summary>
                          <Source class="data" text={JSON.stringify(entry.data, null, 2)} />
                        </details>
                      )}
                    </>
                  )}
                </>
              ),
            },
            entry.actor === null ? '–' : actorText(entry.actor, words),
            { class: 'when', of: <Time of={entry.time} /> },
            <Digest of={entry.link} />,
          ]}
        />
      ))}
    </Table>
  );
}
