// Submissions of a stage or of a consortium as a table; the second column names the other of the two.

import type { ComponentChildren } from 'preact';
import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { StagePage } from '../types.ts';
import { ClaimCell } from './claim.tsx';
import { Row, right, State, SubmissionState, Table, Time } from './elements.tsx';

type Submission = Omit<StagePage['submissions'][number], 'consortium'>;

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
  return (
    <Table
      caption={caption}
      head={[words.submission.title, beside.head, words.common.status, words.common.verdict, right(words.common.size)]}
    >
      {rows.map((row) => (
        <Row
          key={row.id}
          cells={[
            {
              of: <a href={pathOf('submission', { programme, submission: row.id })}>{row.id}</a>,
              note: (
                <>
                  <Time of={row.received} /> {row.late && <State of="incomplete" text={words.due.late} />}
                </>
              ),
            },
            beside.of(row),
            <SubmissionState status={row.status} />,
            { class: 'claim', of: <ClaimCell audit={row.audit} /> },
            right(format.bytes(row.bytes)),
          ]}
        />
      ))}
    </Table>
  );
}
