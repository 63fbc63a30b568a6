// The office's result of a step, beside what follows from the points. One against the points needs a reason.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { Choice, Form, TextArea } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { pointsText } from '../../state/points.ts';
import type { StepOfPage } from './props.ts';

type Outcome = 'passed' | 'failed';

export function ResultForm({ path, step, done }: { path: string; step: StepOfPage; done: () => void }) {
  const { words, format } = useConsole();
  const w = words.application;
  const { figures } = step;
  const follows: Outcome | null = figures && figures.passes !== null ? (figures.passes ? 'passed' : 'failed') : null;
  const { values, field, forget, isOutdated } = useKeptFields<{ outcome: string; note: string }>(
    `${path}/results ${step.step}`,
    { outcome: follows ?? '', note: '' },
  );
  const needsReason = figures !== null && values.outcome !== '' && values.outcome !== follows;
  const action = useAction(async () => {
    const note = values.note.trim() === '' ? {} : { note: values.note };
    await post(`${path}/results`, { step: step.step, passed: values.outcome === 'passed', ...note });
    forget();
    done();
  });
  return (
    <Form action={action} label={w.decide}>
      {isOutdated && <p class="notice warn">{words.common.outdated}</p>}
      {figures && (
        <Facts>
          <Fact name={w.mean}>{figures.mean === null ? w.notYet : pointsText(format, figures.mean)}</Fact>
          <Fact name={w.minimum}>{pointsText(format, figures.minimum)}</Fact>
        </Facts>
      )}
      {follows && <p class="lead">{w.follows[follows]}</p>}
      <Choice
        label={w.result}
        {...field('outcome')}
        required
        options={[
          // Nothing is chosen for the office that does not follow from points.
          ...(follows ? [] : [{ value: '', text: w.choose }]),
          ...(['passed', 'failed'] as const).map((value) => ({ value, text: words.call.outcomes[value] })),
        ]}
      />
      <div role="status">
        {needsReason && (
          <div class="notice">
            <p>{follows ? w.against : w.lacking(format.count(figures.given), format.count(figures.reviewers))}</p>
          </div>
        )}
      </div>
      <TextArea
        label={needsReason ? w.reason : w.note}
        hint={w.noteHint}
        {...(needsReason ? {} : { optional: true })}
        maxLength={20_000}
        {...field('note')}
      />
    </Form>
  );
}
