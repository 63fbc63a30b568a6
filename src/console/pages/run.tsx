// One run of this machine, live: its facts and its curve, what it was trained on, its evidence, its audit, its family.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { AuditSection } from '../parts/audit-section.tsx';
import { CurvePanel, type Seen } from '../parts/curve-panel.tsx';
import { Progress, State } from '../parts/elements.tsx';
import { EvidenceRow } from '../parts/evidence-row.tsx';
import { Family } from '../parts/family.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Section } from '../parts/page.tsx';
import { useRunName } from '../parts/run-name.tsx';
import { TrainingData } from '../parts/training-data.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import { areTextsBuilt, useRunAudits } from '../state/run-audits.ts';
import type {
  Evidence,
  Family as FoundFamily,
  Lodgings as FoundLodgings,
  TrainingData as FoundTrainingData,
  RunDetail,
} from '../types.ts';
import { runStatus } from '../words/index.ts';
import { RunFacts } from './run/run-facts.tsx';

/** Milliseconds between two fetches of fast and of slow data. Many viewers may watch one run. */
const REFRESH_MS = 10_000;
const EVIDENCE_REFRESH_MS = 30_000;

/** What the page knows of a run, fetched again as the run grows. */
function useRun(id: string) {
  const path = `/runs/${encodeURIComponent(id)}`;
  const data = useData<RunDetail>(path);
  const evidence = useData<Evidence>(`${path}/evidence`);
  const family = useData<FoundFamily>(`${path}/family`);
  const lodgings = useData<FoundLodgings>(`${path}/lodgings`);
  const training = useData<FoundTrainingData>(`${path}/training-data`);
  const audits = useRunAudits(path);
  const [live, setLive] = useState<Partial<Seen>>({});
  const renew = useThrottled(data.again, REFRESH_MS);
  const renewEvidence = useThrottled(() => {
    evidence.again();
    // Texts are ready before the first step, and stay as they are.
    if (training.value?.corpus?.standing !== 'committed') training.again();
  }, EVIDENCE_REFRESH_MS);
  const renewLodgings = useThrottled(lodgings.again, REFRESH_MS);
  const onState = useCallback(
    ({ state, steps, stepsDone, loss }: Partial<Seen>) => {
      const news = { state, steps, stepsDone, loss };
      setLive((before) => ({
        ...before,
        ...Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined)),
      }));
      renew();
      renewEvidence();
      renewLodgings();
    },
    [renew, renewEvidence, renewLodgings],
  );
  const { state } = live;
  // The seal ends a run: fetch it at once.
  useEffect(() => {
    if (state === 'finished') for (const one of [data, evidence, lodgings, training]) one.again();
  }, [state, data.again, evidence.again, lodgings.again, training.again]);
  const run = data.value && { ...data.value, ...live };
  return { path, data, evidence, family, lodgings, training, audits, run, onState };
}

export default function Run({ run: id }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.run;
  const { path, data, evidence, family, lodgings, training, audits, run, onState } = useRun(id);
  const name = useRunName(id, run?.name);
  return (
    <Page
      over={<a href="/runs">{words.runs.title}</a>}
      title={name}
      lead={
        run && (
          <span class="inline">
            <State of={run.state} text={runStatus(words, run)} />
            {run.steps !== null && run.stepsDone !== null && (
              <Progress
                value={run.stepsDone / run.steps}
                label={words.runs.progress}
                text={words.runs.of(format.count(run.stepsDone), format.count(run.steps))}
              />
            )}
          </span>
        )
      }
      actions={
        data.value?.model && (
          <>
            <a class="button" href={pathOf('model', { run: id })}>
              {w.toModel}
            </a>
            <a class="button" href={pathOf('playground', { run: id })}>
              {words.playground.open}
            </a>
          </>
        )
      }
    >
      <Loaded data={data}>
        {() => (
          <>
            {run?.state === 'unfinished' && !run.witnessed && <p class="notice warn">{w.stopped}</p>}
            <div class="run-top">
              <Section title={w.facts}>
                <RunFacts run={run!} training={training.value} />
              </Section>
              <Section title={w.curve}>
                <CurvePanel path={path} live onState={onState} witnessed={run!.witnessed} />
              </Section>
            </div>
            <Section title={words.trainingData.title} anchor="trained-on">
              <Loaded data={training}>
                {(found) => <TrainingData of={found} run={run!} textsBuilt={areTextsBuilt(audits)} />}
              </Loaded>
            </Section>
            <Section title={w.evidence}>
              <Loaded data={evidence}>{(chain) => <EvidenceRow chain={chain} lodgings={lodgings.value} />}</Loaded>
            </Section>
            <AuditSection run={run!} audits={audits} />
            {family.value && family.value.ancestors.length + family.value.children.length > 0 && (
              <Section title={words.family.title} lead={words.family.lead} anchor="family">
                <Family of={family.value} run={{ id, name: run?.name ?? id }} to="run" />
              </Section>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
