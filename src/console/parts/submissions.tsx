// Submissions of a stage or of a consortium as a table; the second column names the other of the two.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { StagePage } from '../types.ts';
import { ClaimCell } from './claim.tsx';
import { Digest, Row, right, State, SubmissionState, Table, Time } from './elements.tsx';
import { Empty } from './page.tsx';

type Submission = Omit<StagePage['submissions'][number], 'consortium'>;

/** Rows that are shown at first: a stage may have a thousand, which take a browser a second. */
const FIRST_ROWS = 100;

/** Says that no submission is shown: to the office, which sees all of them, that there is none. */
export function NoSubmission({ hint }: { hint?: string }) {
  const { words, me } = useConsole();
  const w = words.stage;
  const isRecord = useIsRecord();
  const text = isRecord ? w.noSubmissionsRecorded : me.viewer.role === 'office' ? w.noSubmissions : w.noSubmissionsSeen;
  return <Empty text={text} {...(hint === undefined ? {} : { hint })} />;
}

/** `beside`: head and cells of the second column. */
export function Submissions<R extends Submission>({
  programme,
  rows,
  caption,
  beside,
}: {
  programme: string;
  rows: readonly R[];
  caption: string;
  beside: { head: string; of: (row: R) => ComponentChildren };
}) {
  const { words, format } = useConsole();
  const [isWhole, showWhole] = useState(false);
  const nextLink = useRef<HTMLAnchorElement>(null);
  // The button that was pressed is gone then: the first row that it added has the focus.
  useEffect(() => {
    if (isWhole) nextLink.current?.focus();
  }, [isWhole]);
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <>
      <Table
        caption={caption}
        head={[
          words.submission.title,
          beside.head,
          words.common.status,
          words.common.verdict,
          right(words.common.size),
        ]}
      >
        {shown.map((row, i) => (
          <Row
            key={row.id}
            cells={[
              {
                of: (
                  <a
                    href={pathOf('submission', { programme, submission: row.id })}
                    ref={i === FIRST_ROWS ? nextLink : null}
                  >
                    {row.id}
                  </a>
                ),
                note: (
                  <>
                    <Time of={row.received} /> {row.late && <State of="incomplete" text={words.due.late} />}{' '}
                    <Digest of={row.digest} />
                  </>
                ),
              },
              beside.of(row),
              <SubmissionState of={row} />,
              { class: 'claim', of: <ClaimCell audit={row.audit} /> },
              right(format.bytes(row.bytes)),
            ]}
          />
        ))}
      </Table>
      {shown.length < rows.length && (
        <p>
          <button type="button" onClick={() => showWhole(true)}>
            {words.longTable.all(format.count(rows.length))}
          </button>
        </p>
      )}
    </>
  );
}
