// Metering: the office reads Slurm's accounting of a cluster, looks at what would be recorded, and records it signed.

import { useState } from 'preact/hooks';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { ComputePage, MeteringPage, MeteringReading, Overview } from '../types.ts';
import { Choose } from './metering/choose.tsx';
import { Reading } from './metering/reading.tsx';

export default function Metering({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.metering;
  const isRecord = me.programmes.find(({ id }) => id === programme)?.mode === 'record';
  return (
    <Page over={<a href={pathOf('compute', { programme })}>{words.nav.compute}</a>} title={w.title} lead={w.lead}>
      {me.viewer.role === 'office' && !isRecord ? <Meter programme={programme} /> : <Empty text={w.onlyOffice} />}
    </Page>
  );
}

function Meter({ programme }: { programme: string }) {
  const w = useConsole().words.metering;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const choices = useData<MeteringPage>(`${base}/metering`);
  const overview = useData<Overview>(base);
  const compute = useData<ComputePage>(`${base}/compute`);
  const [reading, setReading] = useState<MeteringReading>();
  return (
    <Loaded data={choices}>
      {(page) => (
        <Loaded data={overview}>
          {({ consortia }) => (
            <Loaded data={compute}>
              {({ clusters }) => {
                const active = consortia.filter(({ status }) => status === 'active');
                if (page.clusters.length === 0 || active.length === 0) return <Empty text={w.needs} />;
                const names = { clusters, consortia };
                return (
                  <div class="stack">
                    <Choose base={base} page={page} names={names} teams={active} onReading={setReading} />
                    {reading && <Reading key={reading.id} base={base} started={reading} page={page} names={names} />}
                  </div>
                );
              }}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}
