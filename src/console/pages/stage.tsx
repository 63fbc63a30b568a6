// A stage: its standings, the actions of the viewer, and its basis.

import { Fact, Facts } from '../../page-kit/index.ts';
import { Contents } from '../parts/contents.tsx';
import { Digest, StageState, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Section } from '../parts/page.tsx';
import { DateFacts, SetDates } from '../parts/stage-dates.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { isOver } from '../state/lanes.ts';
import { useLive } from '../state/live.ts';
import { namesIn } from '../state/names.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { RuleBookPage, StagePage } from '../types.ts';
import { StageActions } from './stage/actions.tsx';
import { Appeals } from './stage/appeals.tsx';
import { Basis, basisParts } from './stage/basis.tsx';
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
  const record = useIsRecord();
  /** At least one figure is known. */
  const scored = found?.report?.teams.some(({ total, figures }) =>
    [total, ...Object.values(figures)].some(({ value }) => value !== null),
  );
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={found ? format.title(found.title) : stage}
      lead={found && <StageState status={found.status} />}
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
          const hasClosed = shown.status !== 'open';
          const hasAppeals = (hasClosed && shown.status !== 'closed') || shown.appeals.length > 0;
          const parts = [
            hasClosed && { anchor: 'decision', title: w.decision },
            { anchor: 'standings', title: w.standings },
            shown.report && scored && { anchor: 'points', title: w.pointsBy },
            shown.report && scored && { anchor: 'chances', title: w.howSure },
            hasAppeals && { anchor: 'appeals', title: w.appeals },
            ...basisParts(shown, words),
          ].flatMap((part) => (part ? [part] : []));
          const about = <About programme={programme} base={base} stage={shown} record={record} again={data.again} />;
          return (
            <div class="with-contents">
              <div class="stack">
                {!hasClosed && about}
                {shown.mayDo.length > 0 ? (
                  <StageActions {...props} />
                ) : (
                  !isOver(shown.status) && <p class="soft">{me.viewer.user === null ? w.logIn : w.nothing}</p>
                )}
                {hasClosed && <Decision {...props} />}
                <Section title={w.standings} lead={record ? w.standingsRecord : w.standingsLead} anchor="standings">
                  <Standings stage={shown} scored={scored ?? false} />
                </Section>
                {shown.report && scored && (
                  <>
                    <PointsByPart report={shown.report} path={path} />
                    <Chances report={shown.report} />
                  </>
                )}
                {hasAppeals && <Appeals {...props} />}
                {hasClosed && about}
                <Basis {...props} />
              </div>
              <Contents parts={parts} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface AboutOptions {
  programme: string;
  base: string;
  stage: StagePage;
  record: boolean;
  again: () => void;
}

/** The rules of a stage and its dates. */
function About({ programme, base, stage, record, again }: AboutOptions) {
  const { words, format, me } = useConsole();
  const w = words.stage;
  return (
    <section class="card" aria-label={words.common.details}>
      <Facts>
        <Fact name={w.under}>
          <a href={pathOf('ruleBook', { programme, digest: stage.ruleBook.digest })}>
            {format.title(stage.ruleBook.title)}
          </a>
          <small>
            {w.version(format.count(stage.ruleBook.version))} <Digest of={stage.ruleBook.digest} />
          </small>
        </Fact>
        {/* A record's days are those of publication; its stage says itself when it was. */}
        {!record && (
          <Fact name={w.opened}>
            <Time of={stage.opened} />
          </Fact>
        )}
        {!record && stage.closed !== null && (
          <Fact name={w.closed}>
            <Time of={stage.closed} />
          </Fact>
        )}
        <DateFacts dates={stage.dates} status={stage.status} />
        <Fact name={words.overview.consortia}>{format.count(stage.consortia.length)}</Fact>
      </Facts>
      {me.viewer.role === 'office' && !record && !isOver(stage.status) && (
        <SetDates base={base} stage={stage} onDone={again} />
      )}
    </section>
  );
}
