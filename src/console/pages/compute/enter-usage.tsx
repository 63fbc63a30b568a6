// The form of the office for usage that it metered by other means than Slurm's accounting.

import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { IdField } from '../../parts/name-fields.tsx';
import { NO_SOURCE, SourceFields, type SourceGiven, sourceOf } from '../../parts/source-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { ComputePage, MeteringPage, Overview } from '../../types.ts';

interface Entering {
  base: string;
  page: ComputePage;
  /** The usage that is corrected; without it a new one is entered. */
  was?: ComputePage['usages'][number];
}

export function EnterUsage({ onDone, ...entering }: Entering & { onDone: () => void }) {
  const { words } = useConsole();
  const { meter, correct } = words.compute;
  const { was } = entering;
  return (
    <DialogButton
      label={was ? `${correct}: ${was.id}` : meter}
      face={was ? <Correct id={was.id} /> : undefined}
      onDone={onDone}
    >
      {(done) => <UsageForm {...entering} done={done} />}
    </DialogButton>
  );
}

function Correct({ id }: { id: string }) {
  const { correct } = useConsole().words.compute;
  return (
    <>
      {correct}
      <span class="hidden">: {id}</span>
    </>
  );
}

/** The first source of a usage as its fields have it. */
function sourceGiven(was: Entering['was']): SourceGiven {
  const source = was?.source;
  return Array.isArray(source) ? { ...NO_SOURCE, ...source[0] } : NO_SOURCE;
}

function UsageForm({ base, page, was, done }: Entering & { done: () => void }) {
  const { words, format } = useConsole();
  const w = words.compute;
  const overview = useData<Overview>(base);
  const known = useData<MeteringPage>(`${base}/metering`);
  // Usage may belong to a consortium that has left.
  const teams = overview.value?.consortia ?? [];
  const path = `${base}/usages`;
  const { values, field, forget, isOutdated } = useKeptFields(was ? `${path}/${was.id}` : path, {
    ...sourceGiven(was),
    id: was?.id ?? `usage-${page.usages.length + 1}`,
    consortium: was?.consortium ?? '',
    cluster: was?.cluster ?? '',
    from: was?.from ?? '',
    to: was?.to ?? '',
    hours: was ? String(was.deviceHours) : '',
    submission: was?.submission ?? '',
  });
  const consortium = values.consortium || (teams[0]?.id ?? '');
  const submissions = (known.value?.submissions ?? []).filter((one) => one.consortium === consortium);
  const action = useAction(async () => {
    const { id, cluster, from, to, hours, submission } = values;
    // Untouched, the source stays whole: the fields have only its first place.
    const source = sourceOf(values);
    const isAsBefore = JSON.stringify(source) === JSON.stringify(sourceOf(sourceGiven(was)));
    const given = isAsBefore ? was?.source : source;
    await post(path, {
      id,
      from,
      to,
      consortium,
      cluster: cluster === '' ? null : cluster,
      deviceHours: Number(hours),
      ...(submission === '' ? {} : { submission }),
      ...(given && { source: given }),
    });
    forget();
    done();
  });
  return (
    <Form action={action} label={was ? w.correct : w.meter}>
      <Failed of={overview.failure ?? known.failure} again={overview.failure ? overview.again : known.again} />
      {isOutdated && was && <p class="notice warn">{words.common.outdated}</p>}
      {was ? <p class="soft">{w.correctHint}</p> : <IdField {...field('id')} />}
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
      <Choice
        label={w.submission}
        hint={w.submissionHint}
        optional
        {...field('submission')}
        options={[
          { value: '', text: w.noSubmission },
          ...(submissions.some(({ id }) => id === values.submission) || values.submission === ''
            ? []
            : [{ value: values.submission, text: values.submission }]),
          ...submissions.map(({ id }) => ({ value: id, text: id })),
        ]}
      />
      <SourceFields field={field} optional />
    </Form>
  );
}
