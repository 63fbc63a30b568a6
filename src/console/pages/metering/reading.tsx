// A reading of Slurm's accounting: its progress or the file that it waits for, what was read, and then what would be recorded.

import { useEffect, useState } from 'preact/hooks';
import { Fact, Facts } from '../../../page-kit/index.ts';
import { DigestFact, Progress, Source } from '../../parts/elements.tsx';
import { Form } from '../../parts/form.tsx';
import { Failed, FailureNotice } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { Failure, upload } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useData, useStoppableAction } from '../../state/data.ts';
import { namesIn } from '../../state/names.ts';
import type { MeteringPage, MeteringReading } from '../../types.ts';
import type { Names } from './choose.tsx';
import { Preview } from './preview.tsx';

/** Between two looks at a reading. */
const LOOK_MS = 1000;

interface ReadingOptions {
  base: string;
  /** As the server answered when it began. */
  started: MeteringReading;
  page: MeteringPage;
  names: Names;
}

export function Reading({ base, started, page, names }: ReadingOptions) {
  const { words, format } = useConsole();
  const w = words.metering;
  const path = `${base}/metering/${started.id}`;
  const data = useData<MeteringReading>(path);
  const reading = data.value ?? started;
  const { state, done, of, failure } = reading;
  // Dependencies: each answer plans the next look
  useEffect(() => {
    if (state !== 'reading') return;
    const timer = setTimeout(data.again, LOOK_MS);
    return () => clearTimeout(timer);
  }, [state, data.value, data.failure]);
  return (
    <>
      <Section title={state === 'read' ? w.read : state === 'reading' ? w.reading : w.file}>
        <div class="stacked">
          <Failed of={data.failure} again={data.again} />
          {state === 'reading' && (
            <p role="status">
              <Progress
                value={done / Math.max(1, of)}
                label={w.reading}
                text={w.accountsDone(format.count(done), format.count(of))}
              />
            </p>
          )}
          {state === 'failed' && failure && (
            <>
              <p>
                <strong>{w.failed}</strong>
              </p>
              <FailureNotice failure={new Failure(failure)} />
            </>
          )}
          {(state === 'waiting' || (state === 'failed' && reading.by === 'file')) && (
            <FileField path={path} reading={reading} onReading={data.set} />
          )}
          {state === 'read' && <Read reading={reading} names={names} />}
        </div>
      </Section>
      {state === 'read' && reading.devices.length > 0 && (
        <Preview path={path} reading={reading} page={page} names={names} />
      )}
    </>
  );
}

interface FileOptions {
  path: string;
  reading: MeteringReading;
  onReading: (reading: MeteringReading) => void;
}

function FileField({ path, reading, onReading }: FileOptions) {
  const { words } = useConsole();
  const w = words.metering;
  const [file, setFile] = useState<File>();
  const [sent, setSent] = useState(0);
  const action = useStoppableAction(async (signal) => {
    if (!file) return;
    setSent(0);
    onReading(await upload<MeteringReading>(`${path}/file`, { file, on: setSent, signal }));
  });
  return (
    <Form action={action} label={w.send}>
      <p>{w.command}</p>
      <Source text={reading.command} class="source command" lang="en" />
      <div class="field">
        <label for="sacct-file">{w.upload}</label>
        <input
          id="sacct-file"
          type="file"
          required
          accept=".json,application/json"
          onChange={(event) => setFile(event.currentTarget.files?.[0])}
        />
      </div>
      {action.busy && <Progress value={sent} label={w.send} />}
    </Form>
  );
}

function Read({ reading, names }: { reading: MeteringReading; names: Names }) {
  const { words, format } = useConsole();
  const w = words.metering;
  const { jobs, slurm, digest, cluster, from, to } = reading;
  const isOver = to < new Date().toISOString().slice(0, 10);
  return (
    <>
      <Facts>
        <Fact name={words.compute.cluster}>
          {namesIn(names.clusters, format)(cluster)}
          <small>{words.compute.period(format.day(from), format.day(to))}</small>
        </Fact>
        <Fact name={w.slurm}>{slurm.length > 0 ? format.list(slurm) : w.slurmUnknown}</Fact>
        {Object.entries(jobs).map(([team, count]) => (
          <Fact key={team} name={namesIn(names.consortia, format)(team)}>
            {w.jobCount(format.count(count))}
          </Fact>
        ))}
        <DigestFact name={w.digest} of={digest} />
      </Facts>
      {reading.devices.length === 0 && <p class="notice warn">{w.noJobs}</p>}
      {!isOver && <p class="notice warn">{w.notOver}</p>}
    </>
  );
}
