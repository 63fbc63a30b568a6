// The points of one reviewer for a step: by criterion, with a comment.

import { Form, TextArea, TextField } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { pointsText } from '../../state/points.ts';
import type { Rules, StepOfPage } from './props.ts';

const nameOfMark = (criterion: string) => `mark ${criterion}`;

export function PointsForm({
  path,
  step,
  rules,
  own,
  isOwn,
  done,
}: {
  path: string;
  step: StepOfPage;
  rules: Rules;
  /** What the reviewer gave before. */
  own?: StepOfPage['reviews'][number] | undefined;
  /** Whether the viewer is the reviewer. */
  isOwn?: boolean;
  done: () => void;
}) {
  const { words, format } = useConsole();
  const w = words.application;
  const given = rules.criteria.map(({ id }) => [nameOfMark(id), String(own?.points[id] ?? '')]);
  const { values, field, forget, isOutdated } = useKeptFields<Record<string, string>>(`${path}/reviews ${step.step}`, {
    reviewer: '',
    comment: own?.comment ?? '',
    ...Object.fromEntries(given),
  });
  const action = useAction(async () => {
    const { reviewer, comment = '' } = values;
    await post(`${path}/reviews`, {
      step: step.step,
      ...(isOwn ? {} : { reviewer }),
      points: Object.fromEntries(rules.criteria.map(({ id }) => [id, Number(values[nameOfMark(id)])])),
      ...(comment.trim() === '' ? {} : { comment }),
    });
    forget();
    done();
  });
  return (
    <Form action={action} label={isOwn ? (own ? w.change : w.giveOwn) : w.give}>
      {isOutdated && <p class="notice warn">{words.common.outdated}</p>}
      {own && <p class="lead">{w.changeHint}</p>}
      {!isOwn && <TextField label={w.reviewer} hint={w.reviewerHint} maxLength={100} {...field('reviewer')} />}
      <div class="row">
        {rules.criteria.map(({ id, title, points }) => (
          <TextField
            key={id}
            label={w.ofCriterion(format.title(title), pointsText(format, points))}
            type="number"
            min={0}
            max={points}
            step="0.001"
            {...field(nameOfMark(id))}
          />
        ))}
      </div>
      <TextArea label={w.comment} optional maxLength={20_000} {...field('comment')} />
    </Form>
  );
}
