// Submissions of a stage or of a consortium as a table; the second column names the other of the two.

import type { ComponentChildren } from 'preact';
import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import type { StagePage } from '../types.ts';
import { ClaimCell } from './claim.tsx';
import { SubmissionState, Table, Time } from './elements.tsx';

type Row = Omit<StagePage['submissions'][number], 'consortium'>;

/** `beside`: head and cells of the second column. */
export function Submissions<R extends Row>({
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
      head={
        <>
          <th scope="col">{words.consortium.submission}</th>
          <th scope="col">{beside.head}</th>
          <th scope="col">{words.common.status}</th>
          <th scope="col">{words.common.verdict}</th>
          <th scope="col" class="right">
            {words.common.size}
          </th>
        </>
      }
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row">
            <a href={pathOf('submission', { programme, submission: row.id })}>{row.id}</a>
            <small>
              <Time of={row.received} />
            </small>
          </th>
          <td>{beside.of(row)}</td>
          <td>
            <SubmissionState status={row.status} />
          </td>
          <td class="claim">
            <ClaimCell audit={row.audit} />
          </td>
          <td class="right">{format.bytes(row.bytes)}</td>
        </tr>
      ))}
    </Table>
  );
}
