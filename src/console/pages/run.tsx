// One run of this machine, live: its curve, its evidence, its audit.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { Fact, Facts } from '../../page-kit/index.ts';
import { AuditPanel } from '../parts/audit-panel.tsx';
import { CurvePanel, type Seen } from '../parts/curve-panel.tsx';
import { DigestFact, Progress, State, Time } from '../parts/elements.tsx';
import { EvidenceChain } from '../parts/evidence-chain.tsx';
import { Family } from '../parts/family.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Lodgings } from '../parts/lodgings.tsx';
import { Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { Evidence, Family as FoundFamily, Lodgings as FoundLodgings, RunDetail } from '../types.ts';
import { runStatus } from '../words/index.ts';

/** Milliseconds between two fetches of fast and of slow data. Many viewers may watch one run. */
const REFRESH_MS = 10_000;
const EVIDENCE_REFRESH_MS = 30_000;

export default function Run({ run: id }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.run;
  const path = `/runs/${encodeURIComponent(id)}`;
  const data = useData<RunDetail>(path);
  const evidence = useData<Evidence>(`${path}/evidence`);
  const family = useData<FoundFamily>(`${path}/family`);
  const lodgings = useData<FoundLodgings>(`${path}/lodgings`);
  const [live, setLive] = useState<Partial<Seen>>({});
  const renew = useThrottled(data.again, REFRESH_MS);
  const renewEvidence = useThrottled(evidence.again, EVIDENCE_REFRESH_MS);
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
    if (state === 'finished') {
      data.again();
      evidence.again();
      lodgings.again();
    }
  }, [state, data.again, evidence.again, lodgings.again]);
  const run = data.value && { ...data.value, ...live };
  return (
    <Page
      over={<a href="/runs">{words.runs.title}</a>}
      title={run?.name ?? id}
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
            <Section title={w.curve}>
              <RunFacts run={run!} />
              <CurvePanel path={path} live onState={onState} witnessed={run!.witnessed} />
            </Section>
            <Section title={w.evidence} lead={run!.witnessed ? words.witness.evidenceLead : words.evidence.lead}>
              <Loaded data={evidence}>{(chain) => <EvidenceChain chain={chain} />}</Loaded>
            </Section>
            {family.value && family.value.ancestors.length + family.value.children.length > 0 && (
              <Section title={words.family.title} lead={words.family.lead}>
                <Family of={family.value} name={run?.name ?? id} />
              </Section>
            )}
            <Section title={words.lodgings.title} lead={words.lodgings.leadRun}>
              <Loaded data={lodgings}>{(all) => <Lodgings found={all} empty={words.lodgings.noneRun} />}</Loaded>
            </Section>
            <Section title={w.audit} lead={run!.witnessed ? words.witness.auditLead : words.audit.lead}>
              <AuditPanel path={path} witnessed={run!.witnessed ? run!.folder : null} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function RunFacts({ run }: { run: RunDetail }) {
  const { words, format } = useConsole();
  const w = words.run;
  const number = (value: number | null, digits?: number) =>
    value === null ? '–' : digits === undefined ? format.short(value) : format.decimal(value, digits);
  return (
    <Facts>
      <Fact name={w.lossLast}>{number(run.loss, 3)}</Fact>
      {!run.witnessed && <Fact name={w.bits}>{number(run.valBitsPerByte, 3)}</Fact>}
      <Fact name={w.parameters}>{number(run.parameters)}</Fact>
      {!run.witnessed && <Fact name={w.tokens}>{number(run.tokens)}</Fact>}
      {run.witnessed && run.lastRecord !== null && (
        <Fact name={words.witness.lastRecord}>
          <Time of={run.lastRecord} ago />
        </Fact>
      )}
      {run.tokensPerSecond !== null && <Fact name={w.speed}>{number(run.tokensPerSecond)}</Fact>}
      {run.state === 'running' && run.secondsLeft !== null && (
        <Fact name={w.left}>{format.duration(run.secondsLeft)}</Fact>
      )}
      <DigestFact name={w.maker} of={run.maker} />
      <DigestFact name={w.stateRoot} of={run.stateRoot} />
    </Facts>
  );
}
