// The viewer's own log-ins: from which kind of browser, since when, last used when; each can be ended.

import { Row, State, Table, Time } from '../../parts/elements.tsx';
import { Failed, Loaded } from '../../parts/loaded.tsx';
import { call } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import type { LogIn } from '../../types.ts';

export function LogIns() {
  const { words, format } = useConsole();
  const w = words.logIns;
  const data = useData<LogIn[]>('/log-ins');
  const end = useAction(async (id: string) => {
    await call('DELETE', `/log-ins/${encodeURIComponent(id)}`);
    data.again();
  });
  const endOthers = useAction(async () => {
    await call('DELETE', '/log-ins');
    data.again();
  });
  const nameOf = ({ browser, system }: LogIn) => w.browser(w.browsers[browser], w.systems[system]);
  return (
    <Loaded data={data}>
      {(list) => (
        <>
          <Table caption={w.caption} head={[w.from, w.begun, words.account.used, <span class="hidden">{w.end}</span>]}>
            {list.map((one) => (
              <Row
                key={one.id}
                cells={[
                  { of: nameOf(one), note: one.current && <State of="active" text={w.current} /> },
                  <Time of={one.begun} />,
                  one.used === null ? words.people.never : <Time of={one.used} ago />,
                  one.current ? (
                    '–'
                  ) : (
                    <button
                      type="button"
                      aria-label={w.endWhich(nameOf(one), format.moment(one.begun))}
                      onClick={() => end.run(one.id)}
                    >
                      {w.end}
                    </button>
                  ),
                ]}
              />
            ))}
          </Table>
          <Failed of={end.failure ?? endOthers.failure} />
          {list.some(({ current }) => !current) && (
            <div class="buttons">
              <button type="button" aria-disabled={endOthers.busy} onClick={() => endOthers.run()}>
                {w.endOthers}
              </button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
