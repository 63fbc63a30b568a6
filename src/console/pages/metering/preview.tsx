// What would be recorded from a reading: the office names the device and the jobs of submissions, sees hours before and after, and signs.

import { useState } from 'preact/hooks';
import { Fold, Row, right, Table, Time } from '../../parts/elements.tsx';
import { Choice, Form, TextField } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { exactHours } from '../../state/hours.ts';
import { listOf } from '../../state/lists.ts';
import { namesIn } from '../../state/names.ts';
import type { MeteringPage, MeteringPreview, MeteringReading } from '../../types.ts';
import type { Names } from './choose.tsx';

/** What counts as a device where jobs held any. */
const ACCELERATOR = 'gres/gpu';

interface PreviewOptions {
  path: string;
  reading: MeteringReading;
  page: MeteringPage;
  names: Names;
}

export function Preview({ path, reading, page, names }: PreviewOptions) {
  const { words, format } = useConsole();
  const w = words.metering;
  const devices = [
    ...new Set([
      ...(reading.devices.some((one) => one.startsWith(ACCELERATOR)) ? [ACCELERATOR] : []),
      ...reading.devices,
    ]),
  ];
  const [device, setDevice] = useState(devices[0]);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [found, setFound] = useState<MeteringPreview>();
  const [done, setDone] = useState<number>();
  const own = page.submissions.filter(({ consortium }) => Object.hasOwn(reading.accounts, consortium));
  const change = (work: () => void) => {
    work();
    setFound(undefined);
    setDone(undefined);
  };
  const asked = () => ({
    device,
    submissions: Object.fromEntries(
      Object.entries(typed)
        .map(([id, text]) => [id, listOf(text)] as const)
        .filter(([, jobs]) => jobs.length > 0),
    ),
  });
  const preview = useAction(async () => {
    setFound(undefined);
    setDone(undefined);
    setFound(await post(`${path}/preview`, asked()));
  });
  const finish = (count: number) => {
    setFound(undefined);
    setDone(count);
  };
  return (
    <>
      <Section title={w.submissions} lead={w.submissionsLead}>
        <Form action={preview} label={w.preview}>
          <Choice
            label={w.device}
            hint={w.deviceHint}
            value={device}
            onValue={(value) => change(() => setDevice(value))}
            options={devices.map((value) => ({ value, text: value }))}
          />
          {own.length === 0 ? (
            <p class="soft">{w.noSubmissions}</p>
          ) : (
            <div class="row">
              {own.map(({ id }) => (
                <TextField
                  key={id}
                  label={w.jobsOf(id)}
                  optional
                  value={typed[id] ?? ''}
                  onValue={(text) => change(() => setTyped({ ...typed, [id]: text }))}
                  spellcheck={false}
                  autocomplete="off"
                />
              ))}
            </div>
          )}
        </Form>
        <div role="status">{done !== undefined && <p class="notice good">{w.done(format.count(done))}</p>}</div>
      </Section>
      {found && <WouldBe path={path} found={found} asked={asked()} names={names} onDone={finish} />}
    </>
  );
}

interface WouldBeOptions {
  path: string;
  found: MeteringPreview;
  /** The request that was previewed. */
  asked: object;
  names: Names;
  onDone: (count: number) => void;
}

function WouldBe({ path, found, asked, names, onDone }: WouldBeOptions) {
  const { words, format } = useConsole();
  const w = words.metering;
  const { usages, unnamed, loose, looseCount } = found;
  const register = useAction(async () => {
    const seen = Object.fromEntries(usages.map(({ id, seq }) => [id, seq]));
    const { recorded } = await post<{ recorded: number }>(`${path}/register`, { ...asked, seen });
    onDone(recorded);
  });
  const stateOf = ({ fresh, deviceHours }: MeteringPreview['usages'][number]) =>
    fresh ? w.signs : deviceHours === 0 ? w.noHours : w.sameAs;
  return (
    <Section title={w.wouldBe}>
      <div class="stacked">
        <Table
          caption={w.wouldBe}
          head={[w.consortium, w.submission, right(w.jobs), right(w.before), right(w.after), words.common.status]}
        >
          {usages.map((usage) => (
            <Row
              key={usage.id}
              cells={[
                namesIn(names.consortia, format)(usage.consortium),
                usage.submission ?? <span class="soft">{w.otherJobs}</span>,
                right(format.count(usage.jobs)),
                right(usage.before === null ? <span class="soft">{w.notYet}</span> : exactHours(usage.before, format)),
                right(exactHours(usage.deviceHours, format)),
                stateOf(usage),
              ]}
            />
          ))}
        </Table>
        {unnamed.length > 0 && <p class="notice warn">{w.unnamed(format.list(unnamed))}</p>}
        {loose.length > 0 && (
          <Fold summary={w.loose(format.count(looseCount))}>
            {() => (
              <>
                <Table
                  caption={w.loose(format.count(looseCount))}
                  head={[w.job, w.consortium, w.begins, w.ends, right(w.hours)]}
                >
                  {loose.map((job) => (
                    <Row
                      key={`${job.id} ${job.start}`}
                      cells={[
                        { of: job.id, note: job.array !== null && w.ofArray(job.array) },
                        namesIn(names.consortia, format)(job.consortium),
                        <Time of={job.start} />,
                        <Time of={job.end} />,
                        right(exactHours(job.hours, format)),
                      ]}
                    />
                  ))}
                </Table>
                {looseCount > loose.length && (
                  <p class="soft">{w.looseMore(format.count(looseCount - loose.length))}</p>
                )}
              </>
            )}
          </Fold>
        )}
        {usages.some(({ fresh }) => fresh) ? <Form action={register} label={w.register} /> : <p>{w.nothingNew}</p>}
      </div>
    </Section>
  );
}
