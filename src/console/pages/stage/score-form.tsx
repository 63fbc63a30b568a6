// The form for a figure that was measured or published elsewhere, with its source.

import { useState } from 'preact/hooks';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { NO_SOURCE, SourceFields, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { StageProps } from './props.ts';

export function ScoreForm({ stage, path, nameOf, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.score;
  const parts = stage.parts.filter(({ kind }) => kind === 'entered');
  const [team, setTeam] = useState(stage.consortia[0]?.id ?? '');
  const [chosen, choose] = useState('');
  const part = parts.find((one) => one.path === chosen) ?? parts[0];
  const [value, setValue] = useState('');
  const [hidden, setHidden] = useState(false);
  const [source, setSource] = useState(NO_SOURCE);
  const [done, setDone] = useState(false);
  const action = useAction(async () => {
    setDone(false);
    await post(`${path}/scores`, {
      consortium: team,
      part: part.path,
      value: hidden ? 'not published' : Number(value),
      source: [sourceOf(source)],
    });
    setValue('');
    setDone(true);
    again();
  });
  if (part === undefined) return null;
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.enter}>
        <div class="row">
          <Choice
            label={w.consortium}
            value={team}
            options={stage.consortia.map(({ id }) => ({ value: id, text: nameOf(id) }))}
            onValue={setTeam}
          />
          <Choice
            label={words.stage.part}
            value={part.path}
            options={parts.map((one) => ({ value: one.path, text: format.title(one.title) }))}
            onValue={choose}
          />
          <TextField
            key={String(done)} // a new field after success: an emptied one would count as invalid
            label={`${w.value} (${words.common.ofPoints(format.short(part.points))})`}
            type="number"
            min={0}
            max={part.points}
            step="any"
            disabled={hidden}
            value={hidden ? '' : value}
            onValue={setValue}
          />
        </div>
        <label class="check">
          <input type="checkbox" checked={hidden} onChange={(event) => setHidden(event.currentTarget.checked)} />
          {w.notPublished}
        </label>
        <SourceFields value={source} onValue={setSource} />
      </Form>
      <div role="status">{done && <p class="notice good">{w.entered}</p>}</div>
    </div>
  );
}
