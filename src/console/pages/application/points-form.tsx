// The points of one reviewer for a step: by criterion, with a comment.

import { useState } from 'preact/hooks';
import { Form, TextArea, TextField } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useFields } from '../../state/data.ts';
import { pointsText } from '../../state/points.ts';
import type { Rules, StepOfPage } from './props.ts';

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
  const { values, field } = useFields({ reviewer: '', comment: own?.comment ?? '' });
  const [marks, mark] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(own?.points ?? {}).map(([id, points]) => [id, String(points)])),
  );
  const action = useAction(async () => {
    const { reviewer, comment } = values;
    await post(`${path}/reviews`, {
      step: step.step,
      ...(isOwn ? {} : { reviewer }),
      points: Object.fromEntries(rules.criteria.map(({ id }) => [id, Number(marks[id])])),
      ...(comment.trim() === '' ? {} : { comment }),
    });
    done();
  });
  return (
    <Form action={action} label={isOwn ? (own ? w.change : w.giveOwn) : w.give}>
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
            value={marks[id] ?? ''}
            onValue={(value) => mark((before) => ({ ...before, [id]: value }))}
          />
        ))}
      </div>
      <TextArea label={w.comment} optional maxLength={20_000} {...field('comment')} />
    </Form>
  );
}
