// A stage: its standings, the actions of the viewer, and its basis.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Digest, State, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Section } from '../parts/page.tsx';
import { DateFacts, SetDates } from '../parts/stage-dates.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { namesIn } from '../state/names.ts';
import { pathOf } from '../state/router.ts';
import type { RuleBookPage, StagePage } from '../types.ts';
import { StageActions } from './stage/actions.tsx';
import { Appeals } from './stage/appeals.tsx';
import { Basis } from './stage/basis.tsx';
import { Chances } from './stage/chances.tsx';
import { Decision } from './stage/decision.tsx';
import { PointsByPart } from './stage/points.tsx';
import { Standings } from './stage/standings.tsx';

export default function Stage({ programme, stage }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.stage;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const path = `${base}/stages/${encodeURIComponent(stage)}`;
  const data = useData<StagePage>(path);
  const digest = data.value?.ruleBook.digest;
  const book = useData<RuleBookPage>(digest === undefined ? null : `${base}/rule-books/${digest}`);
  useLive(data.value ? `${base}/events` : null, ['entries'], useThrottled(data.again, 500));
  const found = data.value;
  const record = me.programmes.find(({ id }) => id === programme)?.mode === 'record';
  /** At least one figure is known. */
  const scored = found?.report?.teams.some(({ total, figures }) =>
    [total, ...Object.values(figures)].some(({ value }) => value !== null),
  );
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={found ? format.title(found.title) : stage}
      lead={found && <State of={found.status} text={words.status[found.status]} />}
      actions={
        found?.report && (
          <a class="button" href={`/api${path}/report?lang=${format.lang}`} target="_blank" rel="noopener">
            {w.report}
          </a>
        )
      }
    >
      <Loaded data={data}>
        {(shown) => {
          const nameOf = namesIn(shown.consortia, format);
          const props = { programme, path, stage: shown, book: book.value?.book, nameOf, again: data.again };
          return (
            <div class="stack">
              <section class="card" aria-label={words.common.details}>
                <Facts>
                  <Fact name={w.under}>
                    <a href={pathOf('ruleBook', { programme, digest: shown.ruleBook.digest })}>
                      {format.title(shown.ruleBook.title)}
                    </a>
                    <small>
                      {w.version(format.count(shown.ruleBook.version))} <Digest of={shown.ruleBook.digest} />
                    </small>
                  </Fact>
                  {/* A record's days are those of publication; its stage says itself when it was. */}
                  {!record && (
                    <Fact name={w.opened}>
                      <Time of={shown.opened} />
                    </Fact>
                  )}
                  {!record && shown.closed !== null && (
                    <Fact name={w.closed}>
                      <Time of={shown.closed} />
                    </Fact>
                  )}
                  <DateFacts dates={shown.dates} />
                  <Fact name={words.overview.consortia}>{format.count(shown.consortia.length)}</Fact>
                </Facts>
                {me.viewer.role === 'office' && !record && shown.status !== 'final' && (
                  <SetDates base={base} stage={shown} onDone={data.again} />
                )}
              </section>
              {shown.mayDo.length > 0 ? (
                <StageActions {...props} />
              ) : (
                shown.status !== 'final' && <p class="soft">{me.viewer.user === null ? w.logIn : w.nothing}</p>
              )}
              <Decision {...props} />
              <Section title={w.standings} lead={record ? w.standingsRecord : w.standingsLead}>
                <Standings stage={shown} scored={scored ?? false} />
              </Section>
              {shown.report && scored && (
                <>
                  <PointsByPart report={shown.report} path={path} />
                  <Chances report={shown.report} />
                </>
              )}
              <Basis {...props} />
              {(shown.status === 'decided' || shown.status === 'final' || shown.appeals.length > 0) && (
                <Appeals {...props} />
              )}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
