// The form of the office for usage that it metered by other means than Slurm's accounting.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { IdField } from '../../parts/name-fields.tsx';
import { NO_SOURCE, SourceFields, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData, useFields } from '../../state/data.ts';
import type { ComputePage, Overview } from '../../types.ts';

interface Entering {
  base: string;
  page: ComputePage;
}

export function EnterUsage({ onDone, ...entering }: Entering & { onDone: () => void }) {
  const { meter } = useConsole().words.compute;
  return (
    <DialogButton label={meter} onDone={onDone}>
      {(done) => <UsageForm {...entering} done={done} />}
    </DialogButton>
  );
}

function UsageForm({ base, page, done }: Entering & { done: () => void }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const overview = useData<Overview>(base);
  // Usage may belong to a consortium that has left.
  const teams = overview.value?.consortia ?? [];
  const { values, field } = useFields({
    id: `usage-${page.usages.length + 1}`,
    consortium: '',
    cluster: '',
    from: '',
    to: '',
    hours: '',
    submission: '',
  });
  const [source, setSource] = useState(NO_SOURCE);
  const consortium = values.consortium || (teams[0]?.id ?? '');
  const action = useAction(async () => {
    const { cluster, hours, submission, ...given } = values;
    await post(`${base}/usages`, {
      ...given,
      consortium,
      cluster: cluster === '' ? null : cluster,
      deviceHours: Number(hours),
      ...(submission === '' ? {} : { submission }),
      ...(sourceOf(source) && { source: sourceOf(source) }),
    });
    done();
  });
  return (
    <Form action={action} label={w.meter}>
      <Failed of={overview.failure} again={overview.again} />
      <IdField {...field('id')} />
      <div class="row">
        <Choice
          label={words.people.consortium}
          {...field('consortium')}
          value={consortium}
          options={teams.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
        />
        <Choice
          label={w.cluster}
          {...field('cluster')}
          options={[
            { value: '', text: w.clusterUnknown },
            ...page.clusters.map(({ id, name }) => ({ value: id, text: format.title(name) })),
          ]}
        />
      </div>
      <div class="row">
        {(['from', 'to'] as const).map((end) => (
          <TextField key={end} label={w[end]} type="date" {...field(end)} />
        ))}
        <TextField label={w.hoursHead} type="number" min={0} step="any" {...field('hours')} />
      </div>
      <TextField label={w.submission} hint={w.submissionHint} optional {...field('submission')} spellcheck={false} />
      <SourceFields value={source} onValue={setSource} optional />
    </Form>
  );
}
