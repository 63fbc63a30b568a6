// The form to submit a model: a bundle from disk with upload progress, or a run of this machine.

import { useState } from 'preact/hooks';
import { Progress } from '../../parts/elements.tsx';
import { Choice, Form } from '../../parts/form.tsx';
import { Empty } from '../../parts/page.tsx';
import { namesOf } from '../../parts/run-name.tsx';
import { post, upload } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useData, useStoppableAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { pathOf } from '../../state/router.ts';
import type { RunInfo } from '../../types.ts';
import type { StageProps } from './props.ts';

export function Submit({ stage, programme, path, nameOf, again }: StageProps) {
  const { words, format, me } = useConsole();
  const w = words.submit;
  const { viewer } = me;
  const office = viewer.role === 'office' && me.local;
  const teams = stage.consortia.filter(({ id }) => viewer.role !== 'consortium' || id === viewer.consortium);
  const { values, field, forget } = useKeptFields(`${path}/submissions`, {
    ...{ team: teams[0]?.id ?? '', run: '' },
    how: (office ? 'run' : 'file') as 'file' | 'run',
  });
  const { team, how } = values;
  const [file, setFile] = useState<File>();
  const runs = useData<RunInfo[]>(office ? '/runs' : null);
  const finished = runs.value?.filter(({ state }) => state === 'finished') ?? [];
  const names = namesOf(runs.value ?? []);
  const run = values.run || finished[0]?.id;
  const [sent, setSent] = useState(0);
  const [done, setDone] = useState<string>();
  const action = useStoppableAction(async (signal) => {
    setDone(undefined);
    setSent(0);
    if (how === 'run') {
      if (run === undefined) return;
      setDone((await post<{ submission: string }>(`${path}/submissions/run`, { run, consortium: team })).submission);
    } else if (file) {
      const target = `${path}/submissions?consortium=${encodeURIComponent(team)}`;
      const sending = { file, on: setSent, signal, type: 'application/x-tar' };
      setDone((await upload<{ submission: string }>(target, sending)).submission);
    }
    forget();
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      <Form
        action={action}
        label={w.send}
        more={
          action.busy &&
          how === 'file' && (
            <button type="button" onClick={action.stop}>
              {w.stop}
            </button>
          )
        }
      >
        <div class="row">
          <Choice
            label={w.consortium}
            {...field('team')}
            options={teams.map(({ id }) => ({ value: id, text: nameOf(id) }))}
          />
          {office && (
            <Choice
              label={w.how}
              {...field('how')}
              options={[
                { value: 'run', text: w.run },
                { value: 'file', text: w.file },
              ]}
            />
          )}
          {how === 'run' && finished.length > 0 && (
            <Choice
              label={w.run}
              {...field('run')}
              value={run ?? ''}
              options={finished.map((one) => ({
                value: one.id,
                text: one.noted === null ? names.get(one.id)! : `${names.get(one.id)} (${format.ago(one.noted)})`,
              }))}
            />
          )}
          {how === 'file' && (
            <div class="field">
              <label for="bundle">{w.file}</label>
              <input
                id="bundle"
                type="file"
                accept=".tar,application/x-tar"
                required
                onChange={(event) => setFile(event.currentTarget.files?.[0])}
              />
            </div>
          )}
        </div>
        {how === 'run' && runs.value && finished.length === 0 && <Empty text={w.noRuns} />}
      </Form>
      {action.busy && how === 'file' && (
        <Progress value={sent} label={w.title} text={sent < 1 ? w.sending(format.percent(sent)) : w.checking} />
      )}
      <div role="status">
        {done !== undefined && (
          <div class="notice good">
            <p>
              {w.done} <a href={pathOf('submission', { programme, submission: done })}>{w.open}</a>
            </p>
          </div>
        )}
      </div>
    </div>
  );
}
