// The panel's finding on one component of one team's model.

import { wordFor } from '../../../page-kit/index.ts';
import { Choice, Form, TextArea, TextField } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { StageProps } from './props.ts';

export const VERDICTS = ['own', 'derived', 'frozen-foreign', 'unknown'] as const;

export function FindingForm({ stage, path, nameOf, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.finding;
  const { components } = stage;
  const { values, field, reset } = useKeptFields(`${path}/findings`, {
    consortium: stage.consortia[0]?.id ?? '',
    component: '',
    verdict: 'own' as (typeof VERDICTS)[number],
    text: '',
    by: '',
  });
  const component = components.includes(values.component) ? values.component : (components[0] ?? '');
  const began = stage.submissions.filter(
    ({ consortium, audit }) => consortium === values.consortium && audit?.claim[format.lang].beginning,
  );
  const action = useAction(async () => {
    await post(`${path}/findings`, { ...values, component });
    reset();
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      <Form action={action} label={w.sign}>
        <div class="row">
          <Choice
            label={words.stage.team}
            {...field('consortium')}
            options={stage.consortia.map(({ id }) => ({ value: id, text: nameOf(id) }))}
          />
          <Choice
            label={words.stage.component}
            {...field('component')}
            value={component}
            options={components.map((value) => ({ value, text: wordFor(words.components, value) }))}
          />
          <Choice
            label={words.common.verdict}
            {...field('verdict')}
            options={VERDICTS.map((value) => ({ value, text: words.verdicts[value] }))}
          />
        </div>
        {began.map(({ id, audit }) => (
          <p key={id} class="notice">
            {w.auditOf(id)} {audit!.claim[format.lang].beginning}
          </p>
        ))}
        {/* A new field after success: an emptied one would count as invalid. */}
        <TextArea key={String(action.done)} label={w.text} {...field('text')} />
        <TextField label={w.by} {...field('by')} />
      </Form>
      <div role="status">{action.done && <p class="notice good">{w.signed}</p>}</div>
    </div>
  );
}
