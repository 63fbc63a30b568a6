// The overview of a programme, live: consortia, stages, due actions, latest entries.

import { Fact, Facts, wordFor } from '../../page-kit/index.ts';
import { Citations } from '../parts/citations.tsx';
import { FormConsortium } from '../parts/consortium-form.tsx';
import { Digest, State } from '../parts/elements.tsx';
import { Feed } from '../parts/feed.tsx';
import { Lanes } from '../parts/lanes.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { OpenStage } from '../parts/office.tsx';
import { NewOrganisation } from '../parts/organisation-form.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { ValueChainPicture } from '../parts/value-chain.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { namesIn } from '../state/names.ts';
import { pathOf } from '../state/router.ts';
import type { LogPage, Overview, ValueChain } from '../types.ts';

/** The most entries shown, and the most due actions. */
const MAX_ENTRIES = 8;
const MAX_DUE = 12;

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
      actions={
        office &&
        known?.mode !== 'record' && (
          <>
            <NewOrganisation base={base} onDone={data.again} />
            <FormConsortium base={base} onDone={data.again} />
            {data.value && <OpenStage programme={programme} base={base} overview={data.value} onDone={data.again} />}
          </>
        )
      }
    >
      <Loaded data={data}>
        {(overview) => (
          <div class="stack">
            {known?.mode !== 'record' && <NotFinal programme={programme} overview={overview} />}
            <div class="grid sided">
              <Section title={w.picture}>
                {overview.consortia.length === 0 ? (
                  <Empty text={w.noConsortia} {...(office ? { hint: w.noConsortiaHint } : {})} />
                ) : (
                  <Lanes programme={programme} overview={overview} />
                )}
                {overview.stages.length === 0 && (
                  <Empty text={w.noStages} {...(office ? { hint: w.noStagesHint } : {})}>
                    {office && (
                      <p>
                        <a href={pathOf('ruleBooks', { programme })}>{words.nav.ruleBooks}</a>
                      </p>
                    )}
                  </Empty>
                )}
              </Section>
              <div class="stack">
                {office && <Due programme={programme} overview={overview} />}
                {overview.jobs.length > 0 && (
                  <Section title={w.jobs}>
                    <ul>
                      {overview.jobs.map((job) => (
                        <li key={job.id}>
                          <State of="running" text={`${job.kind}: ${wordFor(words.status, job.status)}`} />{' '}
                          <a href={pathOf('submission', { programme, submission: job.submission })}>{job.submission}</a>
                        </li>
                      ))}
                    </ul>
                  </Section>
                )}
                <Figures programme={programme} overview={overview} />
              </div>
            </div>
            <ValueChainPicture programme={programme} data={chain} office={office} />
            <div class="grid">
              {overview.facts.length > 0 && <Published facts={overview.facts} />}
              <Section title={w.latest} aside={<a href={pathOf('log', { programme })}>{w.wholeLog}</a>}>
                <Loaded data={log}>
                  {({ entries }) => (
                    <Feed entries={[...entries].reverse()} nameOf={namesIn(overview.consortia, format)} />
                  )}
                </Loaded>
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
            {fact.derived !== null && <small>{w.derived(fact.derived)}</small>}
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

function Due({ programme, overview }: { programme: string; overview: Overview }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const { due: lines, next } = overview;
  return (
    <Section title={w.due}>
      {lines.length === 0 ? (
        <p class="soft">{w.nothingDue}</p>
      ) : (
        <ul class="due">
          {lines.slice(0, MAX_DUE).map((line) => (
            <li key={line} lang="en">
              {line}
            </li>
          ))}
        </ul>
      )}
      {lines.length > MAX_DUE && <p class="soft">{w.dueMore(format.count(lines.length - MAX_DUE))}</p>}
      {next && (
        <p>
          <a class="button" href={pathOf('stage', { programme, stage: next.stage })}>
            {w.next[next.act]}
          </a>
        </p>
      )}
    </Section>
  );
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
