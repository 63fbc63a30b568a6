// Forms of the office: allotments of device-hours, and metered usage.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { IdField } from '../../parts/name-fields.tsx';
import { Empty } from '../../parts/page.tsx';
import { NO_SOURCE, SourceFields, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData, useFields } from '../../state/data.ts';
import type { ComputePage, Overview } from '../../types.ts';

interface Entering {
  base: string;
  page: ComputePage;
  kind: 'allotments' | 'usages';
}

export function EnterHours({ onDone, ...entering }: Entering & { onDone: () => void }) {
  const { allot, meter } = useConsole().words.compute;
  const allots = entering.kind === 'allotments';
  return (
    <DialogButton label={allots ? allot : meter} primary={allots} onDone={onDone}>
      {(done) => <HoursForm {...entering} done={done} />}
    </DialogButton>
  );
}

function HoursForm({ base, page, kind, done }: Entering & { done: () => void }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const allots = kind === 'allotments';
  const overview = useData<Overview>(base);
  // Hours are allotted to active consortia only; usage may belong to any.
  const teams = (overview.value?.consortia ?? []).filter(({ status }) => !allots || status === 'active');
  const { values, field } = useFields({
    id: `${allots ? 'allotment' : 'usage'}-${page[kind].length + 1}`,
    consortium: '',
    // The cluster of a usage may be unknown.
    cluster: allots ? (page.clusters[0]?.id ?? '') : '',
    from: '',
    to: '',
    hours: '',
    submission: '',
  });
  const [source, setSource] = useState(NO_SOURCE);
  const consortium = values.consortium || (teams[0]?.id ?? '');
  const action = useAction(async () => {
    const { cluster, hours, submission, ...given } = values;
    await post(`${base}/${kind}`, {
      ...given,
      consortium,
      cluster: cluster === '' ? null : cluster,
      deviceHours: Number(hours),
      ...(allots || submission === '' ? {} : { submission }),
      ...(sourceOf(source) && { source: sourceOf(source) }),
    });
    done();
  });
  if (allots && page.clusters.length === 0) return <Empty text={w.needs} />;
  return (
    <Form action={action} label={allots ? w.allot : w.meter}>
      <Failed of={overview.failure} again={overview.again} />
      <IdField {...(allots ? { hint: w.replaces } : {})} {...field('id')} />
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
            ...(allots ? [] : [{ value: '', text: w.clusterUnknown }]),
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
      {!allots && (
        <TextField label={w.submission} hint={w.submissionHint} optional {...field('submission')} spellcheck={false} />
      )}
      <SourceFields value={source} onValue={setSource} optional />
    </Form>
  );
}
