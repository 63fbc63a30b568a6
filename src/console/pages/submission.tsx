// One submission: its status, its audit, its scores.

import { Fact, Facts } from '../../page-kit/index.ts';
import { CurvePanel } from '../parts/curve-panel.tsx';
import { DigestFact, SubmissionState, Time } from '../parts/elements.tsx';
import { AuditSubmission, JoinedAudits } from '../parts/joined-audits.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Lodgings } from '../parts/lodgings.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Playground } from '../parts/playground.tsx';
import { ScoresTable } from '../parts/scores-table.tsx';
import { Verdicts } from '../parts/verdicts.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { pathOf } from '../state/router.ts';
import type { Lodgings as FoundLodgings, SubmissionPage } from '../types.ts';

export default function Submission({ programme, submission }: Record<string, string>) {
  const { words, format } = useConsole();
  const w = words.submission;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const path = `${base}/submissions/${encodeURIComponent(submission)}`;
  const data = useData<SubmissionPage>(path);
  const found = data.value;
  const lodgings = useData<FoundLodgings>(found?.maker ? `${base}/lodgings?maker=${found.maker}` : null);
  const renew = useThrottled(() => {
    data.again();
    lodgings.again();
  }, 500);
  useLive(found ? `${base}/events` : null, ['entries'], renew);
  return (
    <Page
      over={
        found && (
          <a href={pathOf('stage', { programme, stage: found.stage })}>
            {w.stage}: {format.title(found.stageTitle)}
          </a>
        )
      }
      title={`${w.title} ${submission}`}
      lead={found && <SubmissionState of={found} />}
    >
      <Loaded data={data}>
        {(one) => (
          <div class="grid">
            <Section title={words.common.details} wide>
              <Facts>
                <Fact name={w.of}>
                  <a href={pathOf('consortium', { programme, consortium: one.consortium })}>
                    {format.title(one.consortiumName)}
                  </a>
                </Fact>
                <Fact name={w.received}>
                  <Time of={one.received} />
                </Fact>
                <Fact name={words.common.size}>{format.bytes(one.bytes)}</Fact>
                <DigestFact name={words.common.digest} of={one.digest} />
                <DigestFact name={words.run.maker} of={one.maker} />
                {one.sameRun.length > 0 && (
                  <Fact name={w.sameRun}>
                    {one.sameRun.map(({ id, stageTitle }) => (
                      <p key={id}>
                        {format.title(stageTitle)}:{' '}
                        <a href={pathOf('submission', { programme, submission: id })}>{id}</a>
                      </p>
                    ))}
                  </Fact>
                )}
              </Facts>
            </Section>
            <Section title={words.run.audit} wide>
              <div aria-live="polite" class="stacked">
                {one.audit ? (
                  <Verdicts {...one.audit} />
                ) : (
                  <Empty text={one.withheld.includes('audit') ? w.withheld : w.noAudit} />
                )}
              </div>
            </Section>
            {(one.joined !== null || one.mayAudit) && (
              <Section title={words.joined.title} lead={words.joined.lead} wide>
                <div aria-live="polite">
                  {one.joined ? <JoinedAudits of={one.joined} /> : <Empty text={words.joined.none} />}
                </div>
                {one.mayAudit && <AuditSubmission path={path} onDone={data.again} />}
              </Section>
            )}
            {one.maker !== null && (
              <Section title={words.lodgings.title} lead={words.lodgings.lead} wide>
                <Loaded data={lodgings}>{(all) => <Lodgings curves found={all} empty={words.lodgings.none} />}</Loaded>
              </Section>
            )}
            <Section title={w.evaluations} wide>
              {one.evaluations && one.evaluations.length > 0 ? (
                <ScoresTable caption={w.evaluationsCaption} scores={one.evaluations} />
              ) : (
                <Empty text={one.withheld.includes('scores') ? w.withheld : w.noEvaluations} />
              )}
            </Section>
            {one.audit && (
              <Section title={words.run.curve} wide>
                <CurvePanel path={path} witnessed={one.audit.witnessed} />
              </Section>
            )}
            {one.mayContinue && (
              <Section title={words.playground.name} lead={words.playground.lead} wide>
                <Playground
                  models={[
                    { name: submission, label: submission, path, folder: null, tuned: false, givesReceipts: false },
                  ]}
                />
              </Section>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
