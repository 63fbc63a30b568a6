// The office's register: its answers in order with head and link, its download, a head compared, and lodging by upload.

import { useState } from 'preact/hooks';
import { Fact, Facts } from '../../page-kit/index.ts';
import { Digest, DigestFact, Row, right, Table, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useNames } from '../state/names.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { RegisterPage } from '../types.ts';
import { Compare } from './register/compare.tsx';
import { Lodge } from './register/lodge.tsx';

/** Entries of one page. */
const COUNT = 100;

export default function Register({ programme }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.register;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  /** The last entry shown; null: the newest. */
  const [to, setTo] = useState<number | null>(null);
  const data = useData<RegisterPage>(`${base}/register/entries?count=${COUNT}${to === null ? '' : `&to=${to}`}`);
  const isRecord = useIsRecord();
  const mayLodge = !isRecord && (me.viewer.role === 'office' || me.viewer.role === 'consortium');
  return (
    <Page
      over={<a href={pathOf('log', { programme })}>{words.nav.log}</a>}
      title={w.title}
      lead={w.lead}
      actions={
        data.value &&
        data.value.count > 0 && (
          <a class="button" href={`/api${base}/register`} download="register.jsonl">
            {w.download}
          </a>
        )
      }
    >
      <div class="stack">
        <Loaded data={data}>
          {(page) =>
            page.count === 0 ? (
              <Empty text={w.none} />
            ) : (
              <>
                <Section title={w.head}>
                  <Facts>
                    <DigestFact name={w.head} of={page.head} />
                    <Fact name={w.count}>{format.count(page.count)}</Fact>
                    <DigestFact name={w.office} of={page.office} />
                  </Facts>
                  <p class="soft">{words.lodgings.meaning}</p>
                  <p class="soft">{w.cannot}</p>
                </Section>
                <Entries programme={programme} page={page} onTo={setTo} />
                <Compare base={base} />
              </>
            )
          }
        </Loaded>
        {mayLodge && (
          <Lodge
            base={base}
            onDone={() => {
              setTo(null);
              data.again();
            }}
          />
        )}
      </div>
    </Page>
  );
}

interface EntriesOptions {
  programme: string;
  page: RegisterPage;
  onTo: (to: number | null) => void;
}

function Entries({ programme, page, onTo }: EntriesOptions) {
  const { words, format } = useConsole();
  const w = words.register;
  const nameOf = useNames(programme);
  const first = page.entries[0]?.entry ?? 1;
  const last = page.entries.at(-1)?.entry ?? 0;
  return (
    <Section title={w.entries} lead={w.kindsLead}>
      <div class="stacked">
        {page.entries.some(({ answer }) => answer > 1) && <p class="notice warn">{words.lodgings.repeated}</p>}
        <Table caption={w.entries} head={[right(w.number), w.kind, w.maker, w.time, words.lodgings.head, w.link]}>
          {page.entries.toReversed().map((entry) => (
            <Row
              key={entry.entry}
              cells={[
                right(format.count(entry.entry)),
                {
                  of: w.kinds[entry.kind],
                  note: (
                    <>
                      {entry.step !== null && <>{w.step(format.count(entry.step))} </>}
                      {entry.answer > 1 && <span class="warn-text">{w.answer(format.count(entry.answer))}</span>}
                    </>
                  ),
                },
                {
                  of:
                    entry.consortium === null ? (
                      <span class="soft">{w.noConsortium}</span>
                    ) : (
                      <a href={pathOf('consortium', { programme, consortium: entry.consortium })}>
                        {nameOf(entry.consortium)}
                      </a>
                    ),
                  note: <Digest of={entry.maker} />,
                },
                <Time of={entry.time} />,
                entry.head === null ? '–' : <Digest of={entry.head} />,
                <Digest of={entry.link} copy={w.link} />,
              ]}
            />
          ))}
        </Table>
        <div class="buttons">
          {first > 1 && (
            <button type="button" onClick={() => onTo(first - 1)}>
              {w.older}
            </button>
          )}
          {last < page.count && (
            <button type="button" onClick={() => onTo(null)}>
              {w.newest}
            </button>
          )}
        </div>
      </div>
    </Section>
  );
}
