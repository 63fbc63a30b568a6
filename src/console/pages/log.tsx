// The event log, page by page from its end. New entries are announced, and shown at once where the newest are in sight.

import { useState } from 'preact/hooks';
import { Choice } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { Digest, Table, Time } from '../parts/small.tsx';
import { aboutOf } from '../state/about.ts';
import { useConsole } from '../state/context.ts';
import { useCalm, useData } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import type { LogEntry, LogPage } from '../types.ts';
import { wordFor } from '../words/index.ts';

const COUNT = 50;

export default function Log({ programme }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.log;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const [kind, setKind] = useState('');
  /** Where each page turned to began, so that one can turn back; empty: the newest are in sight. */
  const [turned, turn] = useState<number[]>([]);
  const [fresh, setFresh] = useState(0);
  const before = turned.at(-1);
  const data = useData<LogPage>(
    `${base}/log?count=${COUNT}${before === undefined ? '' : `&before=${before}`}${
      kind === '' ? '' : `&kind=${encodeURIComponent(kind)}`
    }`,
  );
  const entries = data.value?.entries;
  const renew = useCalm(() => {
    data.again();
    setFresh(0);
  }, 400);
  const newest = turned.length === 0;
  const head = data.value?.head;
  useLive(
    head ? `${base}/events` : null,
    ['entry'],
    () => {
      if (newest) renew();
      else setFresh((count) => count + 1);
    },
    head?.seq,
  );
  const toNewest = () => {
    turn([]);
    setFresh(0);
  };
  return (
    <Page
      title={w.title}
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
      <div class="card stacked">
        <div class="pager">
          <div class="inline">
            <Choice
              label={w.filter}
              value={kind}
              options={[
                { value: '', text: w.all },
                ...Object.entries(words.kinds).map(([value, text]) => ({ value, text })),
              ]}
              onValue={(next) => {
                setKind(next);
                turn([]);
              }}
            />
          </div>
          {entries && entries.length > 0 && (
            <div class="buttons">
              <span class="soft">
                {w.range(format.count(entries[0].seq), format.count(entries[entries.length - 1].seq))}
              </span>
              <button type="button" disabled={newest} onClick={toNewest}>
                {w.newest}
              </button>
              <button type="button" disabled={newest} onClick={() => turn(turned.slice(0, -1))}>
                {w.newer}
              </button>
              <button
                type="button"
                disabled={entries.length < COUNT || entries[0].seq <= 1}
                onClick={() => turn([...turned, entries[0].seq])}
              >
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
          {(page) => (page.entries.length === 0 ? <Empty text={w.none} /> : <Entries entries={page.entries} />)}
        </Loaded>
      </div>
    </Page>
  );
}

function Entries({ entries }: { entries: LogEntry[] }) {
  const { words, format } = useConsole();
  const w = words.log;
  return (
    <Table
      caption={w.caption}
      head={
        <>
          <th scope="col" class="right">
            {w.entry}
          </th>
          <th scope="col">{w.what}</th>
          <th scope="col">{w.who}</th>
          <th scope="col">{w.time}</th>
          <th scope="col">{w.link}</th>
        </>
      }
    >
      {[...entries].reverse().map((entry) => (
        <tr key={entry.seq}>
          <th scope="row" class="right">
            {format.count(entry.seq)}
          </th>
          <td class="what">
            <strong>{wordFor(words.kinds, entry.kind)}</strong>
            {entry.withheld ? (
              <small>{w.withheld}</small>
            ) : (
              <>
                <small>{aboutOf(entry, format)}</small>
                {entry.data !== null && (
                  <details>
                    <summary>
                      {words.common.details}
                      <span class="hidden"> {words.common.entry(format.count(entry.seq))}</span>
                    </summary>
                    <Content data={entry.data} />
                  </details>
                )}
              </>
            )}
          </td>
          <td>{entry.actor ?? '–'}</td>
          <td>
            <Time of={entry.time} />
          </td>
          <td>
            <Digest of={entry.link} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** As it stands in the log. */
const Content = ({ data }: { data: Record<string, unknown> }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <pre class="data" tabIndex={0}>
    {JSON.stringify(data, null, 2)}
  </pre>
);
