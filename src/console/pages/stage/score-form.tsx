// The form for a figure that was measured or published elsewhere, with its source.

import { Choice, Form, TextField } from '../../parts/form.tsx';
import { NO_SOURCE, SourceFields, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { StageProps } from './props.ts';

export function ScoreForm({ stage, path, nameOf, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.score;
  const parts = stage.parts.filter(({ kind }) => kind === 'entered');
  const { values, field, forget } = useKeptFields(`${path}/scores`, {
    consortium: stage.consortia[0]?.id ?? '',
    part: '',
    value: '',
    hidden: '',
    ...NO_SOURCE,
  });
  const part = parts.find(({ path }) => path === values.part) ?? parts[0];
  const hidden = values.hidden !== '';
  const action = useAction(async () => {
    await post(`${path}/scores`, {
      consortium: values.consortium,
      part: part.path,
      value: hidden ? 'not published' : Number(values.value),
      source: [sourceOf(values)],
    });
    field('value').onValue('');
    forget();
    again();
  });
  if (part === undefined) return null;
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      <Form action={action} label={w.enter}>
        <div class="row">
          <Choice
            label={words.stage.team}
            {...field('consortium')}
            options={stage.consortia.map(({ id }) => ({ value: id, text: nameOf(id) }))}
          />
          <Choice
            label={words.stage.part}
            {...field('part')}
            value={part.path}
            options={parts.map((one) => ({ value: one.path, text: format.title(one.title) }))}
          />
          <TextField
            key={String(action.done)} // a new field after success: an emptied one would count as invalid
            label={`${w.value} (${words.common.ofPoints(format.short(part.points))})`}
            type="number"
            min={0}
            max={part.points}
            step="any"
            disabled={hidden}
            {...field('value')}
            value={hidden ? '' : values.value}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={hidden}
            onChange={(event) => field('hidden').onValue(event.currentTarget.checked ? 'yes' : '')}
          />
          {w.notPublished}
        </label>
        <SourceFields field={field} />
      </Form>
      <div role="status">{action.done && <p class="notice good">{w.entered}</p>}</div>
    </div>
  );
}
