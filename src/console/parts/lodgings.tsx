// Runs as the office saw them: its answers to the request, to each head and to the seal. Repeated answers are pointed out.

import { Fact, Facts, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Lodgings as Found, LodgedRun } from '../types.ts';
import { Digest, DigestFact, Row, right, Table, Time } from './elements.tsx';
import { Empty } from './page.tsx';

type Answer = LodgedRun['heads'][number];

/** The longest time between two answers about a run, in seconds; null for fewer than two answers. */
function longestGap(answers: Answer[]): number | null {
  const times = answers.toSorted((a, b) => a.entry - b.entry).map(({ time }) => Date.parse(time));
  return times.length < 2 ? null : Math.max(...times.slice(1).map((time, i) => time - times[i])) / 1000;
}

/** `empty`: the text if the office saw no run. */
export function Lodgings({ found, empty }: { found: Found; empty: string }) {
  const { words } = useConsole();
  const w = words.lodgings;
  if (found.runs.length === 0) return <Empty text={empty} />;
  return (
    <div class="stacked">
      {found.runs.map((run) => (
        <OneRun key={`${run.run} ${run.maker}`} run={run} />
      ))}
      <p class="soft">{w.meaning}</p>
    </div>
  );
}

function OneRun({ run }: { run: LodgedRun }) {
  const { words, format } = useConsole();
  const w = words.lodgings;
  const { request, heads, headCount, seals } = run;
  const last = heads.at(-1);
  const answers = [...(request ? [request] : []), ...heads, ...seals];
  const gap = longestGap(answers);
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
      {heads.length > 0 && (
        <details>
          <summary>{w.heads(format.count(headCount))}</summary>
          <Table caption={w.caption} head={[right(words.common.step), w.time, w.head, right(w.entry)]}>
            {heads.map((head) => (
              <Row
                key={head.entry}
                cells={[
                  right(format.count(head.step ?? 0)),
                  <Time of={head.time} />,
                  <Digest of={head.head ?? ''} />,
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
