// The runs of this machine. A run that starts in a terminal appears by itself.

import { useEffect } from 'preact/hooks';
import { Row, right, State, Table, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { RunProgress } from '../parts/run-progress.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { RunInfo } from '../types.ts';
import { runStatus } from '../words/index.ts';

/** Milliseconds between two fetches of the list, while the page is visible. */
const REFRESH_MS = 2000;

export default function Runs() {
  const { words, format } = useConsole();
  const w = words.runs;
  const data = useData<RunInfo[]>('/runs');
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && data.again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [data.again]);
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded data={data}>
        {(runs) =>
          runs.length === 0 ? (
            <Empty text={w.none} hint={w.noneHint}>
              <pre class="command">jikji make recipes/hello.yaml</pre>
            </Empty>
          ) : (
            <div class="card">
              <Table
                caption={w.caption}
                head={[w.run, words.common.status, w.progress, right(w.loss), right(w.bits), w.begun]}
              >
                {runs.map((run) => (
                  <Row
                    key={run.id}
                    cells={[
                      {
                        of: <a href={pathOf('run', { run: run.id })}>{run.name}</a>,
                        note: run.witnessed
                          ? words.witness.note
                          : run.sweep && (
                              <a href={pathOf('sweep', { sweep: run.sweep.id })}>{w.ofSweep(run.sweep.name)}</a>
                            ),
                      },
                      <State of={run.state} text={runStatus(words, run)} />,
                      <RunProgress run={run} />,
                      right(run.loss === null ? '–' : format.decimal(run.loss, 3)),
                      right(run.valBitsPerByte === null ? '–' : format.decimal(run.valBitsPerByte, 3)),
                      run.noted === null ? '–' : <Time of={run.noted} ago />,
                    ]}
                  />
                ))}
              </Table>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
