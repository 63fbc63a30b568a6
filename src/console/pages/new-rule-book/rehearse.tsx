// Rehearses the draft on made-up teams, and shows what came of it with its errors. Nothing is recorded.

import { useState } from 'preact/hooks';
import { Fold, Progress } from '../../parts/elements.tsx';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { followWork } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useFields, useStoppableAction } from '../../state/data.ts';
import type { AssumptionsGiven, Rehearsal } from '../../types.ts';
import { useDraft } from './draft.ts';
import { RehearsalResult } from './rehearsal-result.tsx';

const FIELDS = {
  teams: '',
  qualities: '',
  items: '200',
  severity: '8',
  opinion: '7',
  markStep: '1',
  judgementsPerPair: '',
  preference: '60',
  entered: '5',
  veto: '0',
  repetitions: '1000',
  seed: '',
};
type Fields = typeof FIELDS;

/** What the fields say, without those that are empty. Percents are shares in the API where it takes shares. */
function assumptionsOf(fields: Fields, spread: NonNullable<AssumptionsGiven['spread']>): AssumptionsGiven {
  const { qualities, ...numbers } = fields;
  const given = Object.entries(numbers).flatMap(([name, text]) => {
    if (text.trim() === '') return [];
    return [[name, name === 'preference' || name === 'veto' ? Number(text) / 100 : Number(text)] as const];
  });
  const list = qualities.split(/[,\s]+/).filter((one) => one !== '');
  return { ...Object.fromEntries(given), spread, ...(list.length > 0 && { qualities: list.map(Number) }) };
}

export function Rehearse({ programme }: { programme: string }) {
  const { words, format } = useConsole();
  const w = words.rehearsal;
  const { text, checked, isStale } = useDraft();
  const { values, field } = useFields(FIELDS);
  const [spread, setSpread] = useState<NonNullable<AssumptionsGiven['spread']>>('moderate');
  const [progress, setProgress] = useState<number>();
  const [result, setResult] = useState<{ of: string; asked: number; found: Rehearsal }>();
  const action = useStoppableAction(async (signal) => {
    setProgress(0);
    try {
      const path = `/programmes/${encodeURIComponent(programme)}/rule-books/rehearse`;
      const assumptions = assumptionsOf(values, spread);
      const found = await followWork<Rehearsal>(path, { text, assumptions }, setProgress, signal);
      setResult({ of: text, asked: Number(values.repetitions), found });
    } finally {
      setProgress(undefined);
    }
  });
  const ready = !isStale && checked?.ruleBook;
  const number = (name: keyof Fields, more: { min?: number; max?: number; optional?: boolean; hint?: string } = {}) => (
    <TextField type="number" step="any" label={w.fields[name]} {...field(name)} {...more} />
  );
  return (
    <Section title={w.title} lead={w.lead}>
      <Form
        action={action}
        label={w.run}
        more={
          action.busy && (
            <button type="button" onClick={action.stop}>
              {w.stop}
            </button>
          )
        }
      >
        <div class="row">
          {number('teams', { min: 1, max: 50, optional: true, hint: w.teamsHint })}
          <Choice
            label={w.spread}
            value={spread}
            options={(Object.keys(w.spreads) as (keyof typeof w.spreads)[]).map((value) => ({
              value,
              text: w.spreads[value],
            }))}
            onValue={setSpread}
          />
          {number('items', { min: 1, max: 100_000 })}
          {number('opinion', { min: 0, max: 50 })}
          {number('judgementsPerPair', { min: 1, max: 100_000, optional: true, hint: w.judgementsHint })}
          {number('veto', { min: 0, max: 100 })}
        </div>
        <Fold summary={w.more}>
          {() => (
            <div class="row">
              <TextField label={w.fields.qualities} hint={w.qualitiesHint} optional {...field('qualities')} />
              {number('severity', { min: 0, max: 50 })}
              {number('markStep', { min: 0, max: 100 })}
              {number('preference', { min: 50, max: 99 })}
              {number('entered', { min: 0, max: 50 })}
              {number('repetitions', { min: 1, max: 20_000 })}
              {number('seed', { min: 0, optional: true, hint: w.seedHint })}
            </div>
          )}
        </Fold>
        {!ready && <p class="soft">{w.notReady}</p>}
      </Form>
      <div role="status">
        {progress !== undefined && <Progress value={progress} label={w.title} />}
        {result && result.of !== text && <p class="notice warn">{w.changed}</p>}
      </div>
      {result && <RehearsalResult of={result.found} asked={result.asked} />}
      {result && <p class="soft">{w.seedWas(String(result.found.assumptions.seed), format.day(result.found.day))}</p>}
    </Section>
  );
}
