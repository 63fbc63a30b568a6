// The differences of changed allotments: before and after, sums by cluster beside what its chips have, overlaps; and the one confirmation.

import { Row, right, State, Table } from '../../parts/elements.tsx';
import { Form } from '../../parts/form.tsx';
import { Sentences } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { exactHours } from '../../state/hours.ts';
import { namesIn } from '../../state/names.ts';
import type { CheckedAllotments, ComputePage, Overview } from '../../types.ts';

const HOURS_PER_DAY = 24;

interface CheckedOptions {
  found: CheckedAllotments;
  base: string;
  page: ComputePage;
  consortia: Overview['consortia'];
  /** With the number of allotments that were recorded. */
  onDone: (count: number) => void;
}

export function Checked({ found, base, page, consortia, onDone }: CheckedOptions) {
  const { words, format } = useConsole();
  const w = words.allotments;
  const { changes, clusters, overlaps } = found;
  const fresh = changes.filter(({ same }) => !same);
  const isFit = fresh.length > 0 && fresh.every(({ problem }) => problem === null);
  const register = useAction(async () => {
    const allotments = fresh.map(({ allotment, replaces }) => ({ ...allotment, replaces }));
    const { entries } = await post<{ entries: object[] }>(`${base}/allotments/all`, { allotments });
    onDone(entries.length);
  });
  const period = ({ from, to }: { from: string; to: string }) => w.period(format.day(from), format.day(to));
  return (
    <Section title={w.differences}>
      <div class="stacked">
        {fresh.length === 0 ? <p>{w.same}</p> : <Changes of={fresh} page={page} consortia={consortia} />}
        {fresh.some(({ problem }) => problem !== null) && <p class="notice bad">{w.problems}</p>}
        {clusters.length > 0 && <Sums of={clusters} page={page} />}
        {overlaps.length > 0 && (
          <>
            <h3>{w.overlaps}</h3>
            <p class="soft">{w.overlapsLead}</p>
            <ul class="rules">
              {overlaps.map((one) => (
                <li key={one.ids.join()}>
                  {w.overlap(one.ids[0], one.ids[1], period(one))}{' '}
                  <small>
                    {namesIn(consortia, format)(one.consortium)}, {namesIn(page.clusters, format)(one.cluster)}
                  </small>
                </li>
              ))}
            </ul>
          </>
        )}
        {isFit && <Form action={register} label={w.register(format.count(fresh.length))} />}
      </div>
    </Section>
  );
}

type Change = CheckedAllotments['changes'][number];

function Changes({ of, page, consortia }: Pick<CheckedOptions, 'page' | 'consortia'> & { of: Change[] }) {
  const { words, format } = useConsole();
  const w = words.allotments;
  const side = (one: Change['before']) =>
    one === null ? (
      <span class="soft">{w.notThere}</span>
    ) : (
      {
        of: w.hours(exactHours(one.deviceHours, format)),
        note: (
          <>
            {namesIn(consortia, format)(one.consortium)}, {namesIn(page.clusters, format)(one.cluster)},{' '}
            {w.period(format.day(one.from), format.day(one.to))}
          </>
        ),
      }
    );
  return (
    <Table caption={w.differences} head={[w.id, w.before, w.after]}>
      {of.map((one) => (
        <Row
          key={one.allotment.id}
          cells={[
            {
              of: <code>{one.allotment.id}</code>,
              note: one.problem && (
                <>
                  <State of="refused" text={w.problem} /> <Sentences of={one.problem} />
                </>
              ),
            },
            side(one.before),
            side(one.allotment),
          ]}
        />
      ))}
    </Table>
  );
}

function Sums({ of, page }: { of: CheckedAllotments['clusters']; page: ComputePage }) {
  const { words, format } = useConsole();
  const w = words.allotments;
  return (
    <>
      <h3>{w.sums}</h3>
      <Table caption={w.sums} head={[words.compute.cluster, right(w.before), right(w.after), w.capacity]}>
        {of.map(({ cluster, before, after, chips, fullest }) => (
          <Row
            key={cluster}
            cells={[
              namesIn(page.clusters, format)(cluster),
              right(exactHours(before, format)),
              right(exactHours(after, format)),
              fullest === null ? (
                '–'
              ) : (
                <>
                  <Capacity hours={fullest.hoursPerDay} chips={chips} />
                  <small>{w.period(format.day(fullest.from), format.day(fullest.to))}</small>
                </>
              ),
            ]}
          />
        ))}
      </Table>
      <p class="soft">{w.spread}</p>
    </>
  );
}

function Capacity({ hours, chips }: { hours: number; chips: number | null }) {
  const { words, format } = useConsole();
  const w = words.allotments;
  if (chips === null) return <>{w.noCapacity(format.hours(hours))}</>;
  const capacity = chips * HOURS_PER_DAY;
  const given = [format.hours(hours), format.hours(capacity), format.share(hours / capacity)] as const;
  if (hours > capacity) return <State of="incomplete" text={w.over(...given)} />;
  return <>{w.ofCapacity(...given)}</>;
}
