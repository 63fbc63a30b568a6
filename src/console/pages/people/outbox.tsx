// The outbox for the office: what became of each notice. The server sends no text of a notice to this page.

import { wordFor } from '../../../page-kit/index.ts';
import { Row, right, State, Table, Time } from '../../parts/elements.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useData } from '../../state/data.ts';
import type { OutboxNotice } from '../../types.ts';

export function Outbox() {
  const { words, format } = useConsole();
  const w = words.mail;
  const data = useData<OutboxNotice[]>('/mail/outbox');
  return (
    <>
      <div class="buttons">
        <button type="button" onClick={data.again}>
          {w.refresh}
        </button>
      </div>
      <Loaded data={data}>
        {(notices) =>
          notices.length === 0 ? (
            <Empty text={w.noNotices} />
          ) : (
            <Table caption={w.outbox} head={[w.kind, words.common.status, right(w.attempts), w.written, w.next]}>
              {notices.map(({ id, address, user, kind, status, error, attempts, created, due }) => (
                <Row
                  key={id}
                  cells={[
                    { of: wordFor(w.about, kind), note: user === null ? address : `${address} (${user})` },
                    { of: <State of={status} text={w.states[status]} />, note: error && <Why {...error} /> },
                    right(format.count(attempts)),
                    <Time of={created} ago />,
                    due !== null && status === 'waiting' && attempts > 0 ? <Time of={due} /> : '–',
                  ]}
                />
              ))}
            </Table>
          )
        }
      </Loaded>
    </>
  );
}

function Why({ why, reply }: NonNullable<OutboxNotice['error']>) {
  const { words } = useConsole();
  return (
    <>
      {wordFor(words.mail.errors, why)} {reply !== null && <code>{reply}</code>}
    </>
  );
}
