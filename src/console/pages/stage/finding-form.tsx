// The panel's finding on one component of one team's model.

import { useState } from 'preact/hooks';
import { Choice, Form, TextArea, TextField } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { StageProps } from './props.ts';

const VERDICTS = ['own', 'derived', 'frozen-foreign', 'unknown'] as const;

export function FindingForm({ stage, path, nameOf, again }: StageProps) {
  const { words } = useConsole();
  const w = words.finding;
  const { components } = stage;
  const [team, setTeam] = useState(stage.consortia[0]?.id ?? '');
  const [chosen, choose] = useState('');
  const component = components.includes(chosen) ? chosen : (components[0] ?? '');
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]>('own');
  const [text, setText] = useState('');
  const [by, setBy] = useState('');
  const [done, setDone] = useState(false);
  const action = useAction(async () => {
    setDone(false);
    await post(`${path}/findings`, { consortium: team, component, verdict, text, by });
    setText('');
    setDone(true);
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.sign}>
        <div class="row">
          <Choice
            label={words.score.consortium}
            value={team}
            options={stage.consortia.map(({ id }) => ({ value: id, text: nameOf(id) }))}
            onValue={setTeam}
          />
          <Choice
            label={words.stage.component}
            value={component}
            options={components.map((value) => ({ value, text: value }))}
            onValue={choose}
          />
          <Choice
            label={w.verdict}
            value={verdict}
            options={VERDICTS.map((value) => ({ value, text: words.verdicts[value] }))}
            onValue={setVerdict}
          />
        </div>
        {/* Anew when it is done: what was emptied is no mistake. */}
        <TextArea key={String(done)} label={w.text} value={text} onValue={setText} />
        <TextField label={w.by} value={by} onValue={setBy} />
      </Form>
      <div role="status">{done && <p class="notice good">{w.signed}</p>}</div>
    </div>
  );
}
