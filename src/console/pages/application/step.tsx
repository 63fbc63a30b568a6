// One step of an application: what reviewers mark, their points with mean and minimum, and the result.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { DialogButton } from '../../parts/dialog.tsx';
import { type Cell, Row, right, State, Table } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { Written } from '../../parts/written.tsx';
import { useConsole } from '../../state/context.ts';
import { pointsText } from '../../state/points.ts';
import { PointsForm } from './points-form.tsx';
import type { Rules, StepOfPage, StepProps } from './props.ts';
import { ResultForm } from './result-form.tsx';

export function Step(props: StepProps) {
  const { words } = useConsole();
  const w = words.application;
  const { step, office, again, path } = props;
  const title = words.call.steps[step.step];
  const outcome = step.passed ? 'passed' : 'failed';
  const isWaiting = step.passed === null && !step.isNext;
  return (
    <Section
      title={title}
      wide
      aside={step.passed !== null && <State of={outcome} text={words.call.outcomes[outcome]} />}
    >
      {isWaiting && step.step === 'presentation' && <p class="soft">{w.later}</p>}
      {step.note !== null && (
        <p class="lines">
          {w.note}: <Written text={step.note} />
        </p>
      )}
      {step.rules ? <Points {...props} rules={step.rules} /> : step.isNext && <p class="soft">{w.noRules}</p>}
      {step.isNext && office && (
        <div class="buttons">
          {step.rules && <GivePoints {...props} rules={step.rules} />}
          <DialogButton label={w.decide} primary={isReady(step)} onDone={again}>
            {(done) => <ResultForm path={path} step={step} done={done} />}
          </DialogButton>
        </div>
      )}
    </Section>
  );
}

/** Whether the points say which result follows, or none are asked for. */
const isReady = ({ rules, figures }: StepOfPage): boolean => !rules || (figures !== null && figures.passes !== null);

function GivePoints({ path, step, again, rules }: StepProps & { rules: Rules }) {
  const w = useConsole().words.application;
  return (
    <DialogButton label={w.give} primary={!isReady(step)} onDone={again}>
      {(done) => <PointsForm path={path} step={step} rules={rules} done={done} />}
    </DialogButton>
  );
}

function Points(props: StepProps & { rules: Rules }) {
  const { words, format, me } = useConsole();
  const w = words.application;
  const { step, rules, path, mayRate, again } = props;
  const { figures, reviews } = step;
  const isExpert = me.viewer.role === 'expert';
  const own = reviews.find(({ reviewer }) => isExpert && reviewer === me.viewer.user);
  const title = own ? w.change : w.giveOwn;
  return (
    <>
      {figures && (
        <Facts>
          <Fact name={w.reviewers}>
            {words.call.givenOf(format.count(figures.given), format.count(figures.reviewers))}
          </Fact>
          <Fact name={w.mean}>{figures.mean === null ? w.notYet : pointsText(format, figures.mean)}</Fact>
          <Fact name={w.minimum}>{pointsText(format, figures.minimum)}</Fact>
        </Facts>
      )}
      {reviews.length > 0 ? (
        <PointsTable rules={rules} reviews={reviews} />
      ) : (
        <>
          <ul class="tags">
            {rules.criteria.map(({ id, title, points }) => (
              <li key={id}>
                {format.title(title)}: {pointsText(format, points)}
              </li>
            ))}
          </ul>
          {figures ? <Empty text={w.notYet} /> : !isExpert && <p class="soft">{w.withheld}</p>}
        </>
      )}
      {mayRate && step.isNext && (
        <>
          <p class="soft">{w.secret}</p>
          <div class="buttons">
            <DialogButton label={title} primary={!own} onDone={again}>
              {(done) => <PointsForm path={path} step={step} rules={rules} own={own} isOwn done={done} />}
            </DialogButton>
          </div>
        </>
      )}
    </>
  );
}

function PointsTable({ rules, reviews }: { rules: Rules; reviews: StepOfPage['reviews'] }) {
  const { words, format } = useConsole();
  const w = words.application;
  return (
    <Table
      caption={w.reviewsCaption}
      head={[
        w.reviewer,
        ...rules.criteria.map(
          ({ title, points }): Cell => right(w.ofCriterion(format.title(title), pointsText(format, points))),
        ),
        right(w.total),
        w.comment,
      ]}
    >
      {reviews.map(({ reviewer, points, total, comment, own }) => (
        <Row
          key={reviewer}
          cells={[
            { of: reviewer, note: own ? w.ownPoints : w.enteredPoints },
            ...rules.criteria.map(({ id }): Cell => right(pointsText(format, points[id] ?? Number.NaN))),
            right(<strong>{pointsText(format, total)}</strong>),
            comment === null ? '' : <Written text={comment} lines />,
          ]}
        />
      ))}
    </Table>
  );
}
