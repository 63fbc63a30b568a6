// What to read of Slurm's accounting: cluster, days, accounts by consortium, and from where.

import { useState } from 'preact/hooks';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { listOf } from '../../state/lists.ts';
import { namesIn } from '../../state/names.ts';
import type { ComputePage, MeteringPage, MeteringReading, Overview } from '../../types.ts';

export interface Names {
  clusters: ComputePage['clusters'];
  consortia: Overview['consortia'];
}

interface ChooseOptions {
  base: string;
  page: MeteringPage;
  names: Names;
  /** Active consortia. */
  teams: Overview['consortia'];
  onReading: (reading: MeteringReading) => void;
}

export function Choose({ base, page, names, teams, onReading }: ChooseOptions) {
  const { words, format } = useConsole();
  const w = words.metering;
  const c = words.compute;
  const path = `${base}/metering`;
  const { values, field, forget } = useKeptFields(path, { cluster: page.clusters[0].id, from: '', to: '' });
  /** What was typed, by cluster and consortium; else the accounts of the catalogue. */
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<'sacct' | 'file'>('sacct');
  // A kept one may have left the catalogue.
  const cluster = page.clusters.find(({ id }) => id === values.cluster) ?? page.clusters[0];
  const by = cluster.by === 'file' ? 'file' : chosen;
  const accountsOf = (team: string): string => typed[`${cluster.id} ${team}`] ?? cluster.accounts[team] ?? '';
  const start = useAction(async () => {
    const accounts = Object.fromEntries(
      teams.map(({ id }) => [id, listOf(accountsOf(id))] as const).filter(([, names]) => names.length > 0),
    );
    const reading = await post<MeteringReading>(path, { ...values, cluster: cluster.id, accounts, by });
    forget();
    onReading(reading);
  });
  return (
    <Section title={w.choose} lead={w.chooseLead}>
      <Form action={start} label={by === 'sacct' ? w.start : w.startFile}>
        <div class="row">
          <Choice
            label={c.cluster}
            {...field('cluster')}
            value={cluster.id}
            options={page.clusters.map(({ id }) => ({ value: id, text: namesIn(names.clusters, format)(id) }))}
          />
          <TextField label={c.from} type="date" {...field('from')} />
          <TextField label={c.to} type="date" {...field('to')} />
        </div>
        {cluster.by === 'file' ? (
          <p class="soft">{w.onlyFile}</p>
        ) : (
          <Choice
            label={w.by}
            value={chosen}
            onValue={setChosen}
            {...(by === 'sacct' ? { hint: w.sacctMeans } : {})}
            options={[
              { value: 'sacct', text: w.sacct },
              { value: 'file', text: w.file },
            ]}
          />
        )}
        <fieldset>
          <legend>{w.accounts}</legend>
          <div class="row">
            {teams.map(({ id, name }) => (
              <TextField
                key={id}
                label={format.title(name)}
                hint={w.accountsHint}
                optional
                value={accountsOf(id)}
                onValue={(text) => setTyped({ ...typed, [`${cluster.id} ${id}`]: text })}
                spellcheck={false}
                autocomplete="off"
              />
            ))}
          </div>
        </fieldset>
      </Form>
    </Section>
  );
}
