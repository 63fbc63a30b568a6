// Forms of the office: allotments of device-hours, and metered usage.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form, idPattern, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/page.tsx';
import { NO_SOURCE, SourceFields, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import type { ComputePage, Overview } from '../../types.ts';

interface Entering {
  base: string;
  page: ComputePage;
  onDone: () => void;
}

export function Allot(entering: Entering) {
  const { words } = useConsole();
  return (
    <DialogButton label={words.compute.allot} primary>
      {(close) => <HoursForm {...entering} kind="allotments" close={close} />}
    </DialogButton>
  );
}

export function Meter(entering: Entering) {
  const { words } = useConsole();
  return (
    <DialogButton label={words.compute.meter}>
      {(close) => <HoursForm {...entering} kind="usages" close={close} />}
    </DialogButton>
  );
}

function HoursForm({
  base,
  page,
  onDone,
  kind,
  close,
}: Entering & { kind: 'allotments' | 'usages'; close: () => void }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const allots = kind === 'allotments';
  const overview = useData<Overview>(base);
  // Hours are allotted to active consortia only; usage may belong to any.
  const teams = (overview.value?.consortia ?? []).filter(({ status }) => !allots || status === 'active');
  const [id, setId] = useState(`${allots ? 'allotment' : 'usage'}-${page[kind].length + 1}`);
  const [team, setTeam] = useState('');
  // The cluster of a usage may be unknown.
  const [cluster, setCluster] = useState(allots ? (page.clusters[0]?.id ?? '') : '');
  const [period, setPeriod] = useState({ from: '', to: '' });
  const [hours, setHours] = useState('');
  const [submission, setSubmission] = useState('');
  const [source, setSource] = useState(NO_SOURCE);
  const consortium = team || (teams[0]?.id ?? '');
  const action = useAction(async () => {
    const given = sourceOf(source);
    await post(`${base}/${kind}`, {
      id,
      consortium,
      cluster: cluster === '' ? null : cluster,
      ...period,
      deviceHours: Number(hours),
      ...(allots || submission === '' ? {} : { submission }),
      ...(given === undefined ? {} : { source: given }),
    });
    onDone();
    close();
  });
  if (allots && page.clusters.length === 0) return <Empty text={w.needs} />;
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={allots ? w.allot : w.meter}>
      <Failed of={overview.failure} again={overview.again} />
      <TextField
        label={words.common.id}
        hint={allots ? w.replaces : words.common.idHint}
        pattern={idPattern}
        value={id}
        onValue={setId}
        autocomplete="off"
        spellcheck={false}
      />
      <div class="row">
        <Choice
          label={w.consortium}
          value={consortium}
          options={teams.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
          onValue={setTeam}
        />
        <Choice
          label={w.cluster}
          value={cluster}
          options={[
            ...(allots ? [] : [{ value: '', text: w.clusterUnknown }]),
            ...page.clusters.map(({ id, name }) => ({ value: id, text: format.title(name) })),
          ]}
          onValue={setCluster}
        />
      </div>
      <div class="row">
        {(['from', 'to'] as const).map((end) => (
          <TextField
            key={end}
            label={w[end]}
            type="date"
            value={period[end]}
            onValue={(day) => setPeriod({ ...period, [end]: day })}
          />
        ))}
        <TextField label={w.hoursField} type="number" min={0} step="any" value={hours} onValue={setHours} />
      </div>
      {!allots && (
        <TextField
          label={w.submission}
          hint={w.submissionHint}
          optional
          value={submission}
          onValue={setSubmission}
          spellcheck={false}
        />
      )}
      <SourceFields value={source} onValue={setSource} optional />
    </Form>
  );
}
