// Runs as the office saw them: its answers to the request, to each head and to the seal. Repeated answers are pointed out.

import { Fact, Facts, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Lodgings as Found, LodgedRun } from '../types.ts';
import { CurveChart } from './curve-chart.tsx';
import { Digest, DigestFact, Row, right, Table, Time } from './elements.tsx';
import { Empty } from './page.tsx';

type Answer = LodgedRun['heads'][number];

/** The longest time between two answers about a run, in seconds; null for fewer than two answers. */
function longestGap(answers: Answer[]): number | null {
  const times = answers.toSorted((a, b) => a.entry - b.entry).map(({ time }) => Date.parse(time));
  return times.length < 2 ? null : Math.max(...times.slice(1).map((time, i) => time - times[i])) / 1000;
}

const lossOf = ({ figures }: Answer): number | null => figures?.loss ?? null;

/** The losses at the lodged heads. */
function HeadCurve({ heads }: { heads: Answer[] }) {
  const { words } = useConsole();
  const rising = heads.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0));
  return (
    <CurveChart
      lines={[{ x: rising.map(({ step }) => step ?? 0), value: rising.map(lossOf), look: 'front' }]}
      name={words.chart.measures.loss}
      from={undefined}
      to={undefined}
      dots
      onZoom={() => {}}
      onReset={() => {}}
    />
  );
}

/** `empty`: the text if the office saw no run. `curves`: draws the losses at the heads, where no other curve is beside them. */
export function Lodgings({ found, empty, curves = false }: { found: Found; empty: string; curves?: boolean }) {
  const { words } = useConsole();
  const w = words.lodgings;
  if (found.runs.length === 0) return <Empty text={empty} />;
  return (
    <div class="stacked">
      {found.runs.map((run) => (
        <OneRun key={`${run.run} ${run.maker}`} run={run} curve={curves} />
      ))}
      <p class="soft">{w.meaning}</p>
    </div>
  );
}

function OneRun({ run, curve }: { run: LodgedRun; curve: boolean }) {
  const { words, format } = useConsole();
  const w = words.lodgings;
  const { request, heads, headCount, seals } = run;
  const last = heads.at(-1);
  const answers = [...(request ? [request] : []), ...heads, ...seals];
  const gap = longestGap(answers);
  const known = heads.filter(({ figures }) => figures !== null);
  const isRepeated = answers.some(({ answer }) => answer > 1);
  return (
    <div class="stacked">
      {isRepeated && <p class="notice warn">{w.repeated}</p>}
      <Facts>
        <DigestFact name={w.run} of={run.run} />
        <Fact name={w.request}>
          {request === null ? (
            w.noRequest
          ) : (
            <>
              <Time of={request.time} />
              <small>{w.answer(format.count(request.answer))}</small>
            </>
          )}
        </Fact>
        <Fact name={w.last}>
          {last === undefined ? (
            w.noHead
          ) : (
            <>
              {words.common.step} {format.count(last.step ?? 0)}
              {last.figures && last.figures.loss !== null && `, ${w.lossAt(format.decimal(last.figures.loss, 3))}`}
              <small>
                <Time of={last.time} ago />, <code title={last.head ?? ''}>{shortDigest(last.head ?? '')}</code>
              </small>
            </>
          )}
        </Fact>
        <Fact name={w.seal}>
          {seals.length === 0
            ? w.noSeal
            : seals.map((seal) => (
                <span key={seal.entry}>
                  <Time of={seal.time} />
                  <small>{w.answer(format.count(seal.answer))}</small>
                </span>
              ))}
        </Fact>
        {gap !== null && <Fact name={w.gap}>{format.duration(gap)}</Fact>}
      </Facts>
      {curve && known.length > 1 && <HeadCurve heads={known} />}
      {known.length > 0 && <p class="soft">{w.figures}</p>}
      {heads.length > 0 && (
        <details>
          <summary>{w.heads(format.count(headCount))}</summary>
          <Table
            caption={w.caption}
            head={[
              right(words.common.step),
              w.time,
              w.head,
              ...(known.length > 0 ? [right(words.chart.measures.loss)] : []),
              right(w.entry),
            ]}
          >
            {heads.map((head) => (
              <Row
                key={head.entry}
                cells={[
                  right(format.count(head.step ?? 0)),
                  <Time of={head.time} />,
                  <Digest of={head.head ?? ''} />,
                  ...(known.length > 0 ? [right(lossOf(head) === null ? '–' : format.decimal(lossOf(head)!, 3))] : []),
                  right(format.count(head.entry)),
                ]}
              />
            ))}
          </Table>
          {headCount > heads.length && <p class="soft">{w.more(format.count(headCount - heads.length))}</p>}
        </details>
      )}
    </div>
  );
}
