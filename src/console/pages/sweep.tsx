// The runs of one sweep: their curves in one picture, one of them in front, and their figures, the best first.

import { useEffect, useState } from 'preact/hooks';
import { Row, right, State, Table } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { OverlaidCurves } from '../parts/overlaid-curves.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { RunProgress } from '../parts/run-progress.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { RunInfo } from '../types.ts';

/** Milliseconds between two fetches of the list, while the page is visible. */
const REFRESH_MS = 5000;

/** The lowest figure first, runs without one last. */
const byBits = (a: RunInfo, b: RunInfo): number =>
  (a.valBitsPerByte ?? Number.MAX_VALUE) - (b.valBitsPerByte ?? Number.MAX_VALUE);

export default function Sweep({ sweep: id }: Record<string, string>) {
  const { words } = useConsole();
  const own = words.sweep;
  const data = useData<RunInfo[]>('/runs');
  const [chosen, choose] = useState<string>();
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && data.again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [data.again]);
  const runs = data.value?.filter(({ sweep }) => sweep?.id === id).sort(byBits) ?? [];
  const front = runs.find((run) => run.id === chosen) ?? runs[0];
  return (
    <Page over={<a href="/runs">{words.runs.title}</a>} title={front?.sweep?.name ?? id} lead={own.lead}>
      <Loaded data={data}>
        {() =>
          front === undefined ? (
            <Empty text={own.none} />
          ) : (
            <>
              <Section title={own.curves} lead={own.curvesLead(front.name)}>
                <OverlaidCurves runs={runs} front={front} />
              </Section>
              <Section title={own.runs}>
                <RunTable runs={runs} front={front} choose={choose} />
              </Section>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function RunTable({ runs, front, choose }: { runs: RunInfo[]; front: RunInfo; choose: (id: string) => void }) {
  const { words, format } = useConsole();
  const w = words.runs;
  const decimal = (value: number | null) => right(value === null ? '–' : format.decimal(value, 4));
  return (
    <Table
      caption={words.sweep.caption}
      head={[w.run, words.common.status, w.progress, right(w.loss), right(w.bits), words.sweep.curve]}
    >
      {runs.map((run) => (
        <Row
          key={run.id}
          cells={[
            <a href={pathOf('run', { run: run.id })}>{run.name}</a>,
            <State of={run.state} text={words.status[run.state]} />,
            <RunProgress run={run} />,
            decimal(run.loss),
            decimal(run.valBitsPerByte),
            run.id === front.id ? (
              <strong>{words.sweep.front}</strong>
            ) : (
              <button type="button" class="small" onClick={() => choose(run.id)}>
                {words.sweep.toFront} <span class="hidden">{run.name}</span>
              </button>
            ),
          ]}
        />
      ))}
    </Table>
  );
}
