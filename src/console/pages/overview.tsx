// The overview of a programme, live: consortia, stages, due actions, latest entries.

import { Fact, Facts, wordFor } from '../../page-kit/index.ts';
import { Citations } from '../parts/citations.tsx';
import { FormConsortium } from '../parts/consortium-form.tsx';
import { DueList, FirstSteps } from '../parts/due-list.tsx';
import { Digest, StageState, State, Time } from '../parts/elements.tsx';
import { Feed } from '../parts/feed.tsx';
import { Lanes } from '../parts/lanes.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { OpenStage } from '../parts/office.tsx';
import { NewOrganisation } from '../parts/organisation-form.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { AnnounceStage, DateFacts, SetDates } from '../parts/stage-dates.tsx';
import { ValueChainPicture } from '../parts/value-chain.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { isOver } from '../state/lanes.ts';
import { useLive } from '../state/live.ts';
import { knownOf, useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { LogPage, Overview, ValueChain } from '../types.ts';

/** The most entries shown. */
const MAX_ENTRIES = 8;
/** Whoever looks at such an address sits at the machine whose runs the server shows. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export default function OverviewPage({ programme }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.overview;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<Overview>(base);
  const seq = data.value?.head.seq;
  const log = useData<LogPage>(
    // The address changes with every entry, so the entries are never older than the rest of the page.
    seq === undefined
      ? null
      : `${base}/log?from=${Math.max(1, seq - MAX_ENTRIES + 1)}&count=${Math.min(seq, MAX_ENTRIES)}`,
  );
  const chain = useData<ValueChain>(`${base}/reliance/chain`);
  const renew = useThrottled(() => {
    data.again();
    chain.again();
  }, 400);
  useLive(data.value ? `${base}/events` : null, ['entries'], renew, seq);
  const office = me.viewer.role === 'office';
  const known = me.programmes.find(({ id }) => id === programme);
  return (
    <Page
      title={known ? format.title(known.name) : words.nav.overview}
      lead={
        data.value && (
          <Standing
            programme={programme}
            overview={data.value}
            asOf={known?.mode === 'record' ? log.value?.entries.at(-1)?.time : undefined}
          />
        )
      }
      actions={
        office &&
        known?.mode !== 'record' && (
          <>
            <NewOrganisation base={base} onDone={data.again} />
            <FormConsortium base={base} onDone={data.again} />
            {data.value && <AnnounceStage base={base} id={nextStage(data.value)} onDone={data.again} />}
            {data.value && <OpenStage programme={programme} base={base} overview={data.value} onDone={data.again} />}
          </>
        )
      }
    >
      <Loaded data={data}>
        {(overview) => (
          <div class="stack">
            {me.viewer.user === null && LOOPBACK.test(location.hostname) && (
              <p class="notice">
                <span>
                  {words.logIn.here} <a href="/log-in?next=/runs">{words.nav.logIn}</a>
                </span>
              </p>
            )}
            <Waiting programme={programme} overview={overview} />
            {known?.mode !== 'record' && <NotFinal programme={programme} overview={overview} />}
            <Section title={w.picture} anchor="stages">
              {overview.consortia.length === 0 ? (
                <Empty text={w.noConsortia} {...(office ? { hint: w.noConsortiaHint } : {})} />
              ) : (
                <Lanes programme={programme} overview={overview} />
              )}
              {overview.stages.length === 0 && (
                <Empty text={w.noStages} {...(office ? { hint: w.noStagesHint } : {})} />
              )}
              <Announced base={base} overview={overview} office={office} onDone={data.again} />
            </Section>
            <div class="grid">
              <Figures programme={programme} overview={overview} />
              {overview.jobs.length > 0 && (
                <Section title={w.jobs}>
                  <ul>
                    {overview.jobs.map((job) => (
                      <li key={job.id}>
                        <State
                          of="running"
                          text={`${wordFor(w.jobKinds, job.kind)}: ${wordFor(w.jobStatus, job.status)}`}
                        />{' '}
                        <a href={pathOf('submission', { programme, submission: job.submission })}>{job.submission}</a>
                      </li>
                    ))}
                  </ul>
                </Section>
              )}
            </div>
            <ValueChainPicture programme={programme} data={chain} consortia={overview.consortia} office={office} />
            <div class="grid">
              {overview.facts.length > 0 && <Published facts={overview.facts} />}
              <Section title={w.latest} aside={<a href={pathOf('log', { programme })}>{w.wholeLog}</a>}>
                <Loaded data={log}>{({ entries }) => <Feed entries={[...entries].reverse()} />}</Loaded>
                <p class="soft">
                  {words.log.head}: <Digest of={overview.head.link} copy={words.log.head} />
                </p>
              </Section>
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** A free id for the next stage. */
function nextStage({ stages, announced }: Overview): string {
  return `stage-${stages.length + announced.length + 1}`;
}

/** The most facts shown; the rest is folded. */
const MAX_FACTS = 5;

function Published({ facts }: { facts: Overview['facts'] }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const list = (facts: Overview['facts']) => (
    <ul class="rules">
      {facts.map((fact, i) => (
        <li key={i}>
          <p>
            {format.title(fact.text)}
            {fact.value !== null && (
              <>
                : <strong>{format.decimal(fact.value, Number.isInteger(fact.value) ? 0 : 2)}</strong>
              </>
            )}
            {!fact.official && <span class="warn-text"> ({w.unofficial})</span>}
            {!fact.verified && <span class="warn-text"> ({w.unverified})</span>}
            {fact.derived !== null && <small> {w.derived(fact.derived)}</small>}
          </p>
          <Citations of={fact.source} />
        </li>
      ))}
    </ul>
  );
  return (
    <Section title={w.facts}>
      {list(facts.slice(0, MAX_FACTS))}
      {facts.length > MAX_FACTS && (
        <details>
          <summary>{w.dueMore(format.count(facts.length - MAX_FACTS))}</summary>
          {list(facts.slice(MAX_FACTS))}
        </details>
      )}
    </Section>
  );
}

/** Where the programme stands, in one line: its current stage, and how many are still in. */
function Standing({
  programme,
  overview,
  asOf,
}: {
  programme: string;
  overview: Overview;
  /** Of a record: when the last thing happened that it holds. */
  asOf: string | undefined;
}) {
  const { words, format } = useConsole();
  const w = words.overview;
  const { consortia, stages } = overview;
  const current = stages.findLast(({ status }) => !isOver(status)) ?? stages.at(-1);
  const active = consortia.filter(({ status }) => status === 'active').length;
  return (
    <p class="standing">
      {current && (
        <>
          <a href={pathOf('stage', { programme, stage: current.id })}>{format.title(current.title)}</a>{' '}
          <StageState status={current.status} />
          {current.status === 'open' && current.dates.closes !== null && (
            <span>
              {words.dates.closes} <Time of={current.dates.closes} />
            </span>
          )}
        </>
      )}
      {consortia.length > 0 && <span>{w.stillIn(format.count(active), format.count(consortia.length))}</span>}
      {asOf !== undefined && <span>{w.asOf(format.day(knownOf(asOf)))}</span>}
    </p>
  );
}

/** A notice for the time between a decision and its finality. */
function NotFinal({ programme, overview }: { programme: string; overview: Overview }) {
  const { words, format } = useConsole();
  const waits = overview.stages.filter(({ status }) => status === 'decided');
  return waits.map((stage) => (
    <p key={stage.id} class="notice">
      <a href={pathOf('stage', { programme, stage: stage.id })}>{words.overview.notFinal(format.title(stage.title))}</a>
    </p>
  ));
}

/** What waits for the viewer; nothing for the public, who have nothing to do here. */
function Waiting({ programme, overview }: { programme: string; overview: Overview }) {
  const { words, me } = useConsole();
  const { firstSteps, due } = overview;
  const { viewer } = me;
  const isHere = viewer.role === 'office' || viewer.programme === programme;
  const isRecord = useIsRecord();
  if (!isHere || viewer.role === 'public' || isRecord) return null;
  if (firstSteps.length > 0)
    return (
      <Section title={words.due.firstSteps} lead={words.due.firstLead}>
        <FirstSteps programme={programme} steps={firstSteps} />
        {due.length > 0 && <DueList programme={programme} due={due} />}
      </Section>
    );
  return (
    <Section title={words.due.title}>
      <DueList programme={programme} due={due} />
    </Section>
  );
}

interface AnnouncedOptions {
  base: string;
  overview: Overview;
  office: boolean;
  onDone: () => void;
}

/** Stages that were announced and are not open yet. */
function Announced({ base, overview, office, onDone }: AnnouncedOptions) {
  const { words, format } = useConsole();
  return overview.announced.map((stage) => (
    <div key={stage.id} class="line">
      <span>{words.dates.announced(format.title(stage.title))}</span>
      <Facts>
        <DateFacts dates={stage.dates} />
      </Facts>
      {office && <SetDates base={base} stage={stage} title={stage.title} onDone={onDone} />}
    </div>
  ));
}

function Figures({ programme, overview }: { programme: string; overview: Overview }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const active = overview.consortia.filter(({ status }) => status === 'active').length;
  const applications = Object.entries(overview.applications).filter(([, count]) => count > 0);
  return (
    <Section title={w.figures}>
      <Facts>
        <Fact name={w.consortia}>{w.stillIn(format.count(active), format.count(overview.consortia.length))}</Fact>
        <Fact name={w.stages}>{format.count(overview.stages.length)}</Fact>
        <Fact name={words.nav.ruleBooks}>{format.count(overview.ruleBooks)}</Fact>
        <Fact name={w.entries}>{format.count(overview.head.seq)}</Fact>
      </Facts>
      {applications.length > 0 && (
        <p class="funnel">
          <a href={pathOf('call', { programme })}>{w.applications}</a>
          {applications.map(([step, count]) => (
            <span key={step}>
              <strong>{format.count(count)}</strong> {wordFor(w.applicationSteps, step)}
            </span>
          ))}
        </p>
      )}
    </Section>
  );
}
