// Runs as the office saw them: its answers to the request, to each head and to the seal. Repeated answers are pointed out.

import { Fact, Facts, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Lodgings as Found, LodgedRun } from '../types.ts';
import { Digest, DigestFact, Row, right, Table, Time } from './elements.tsx';
import { Empty } from './page.tsx';

type Answer = LodgedRun['heads'][number];

/** The longest time between two answers about a run, in seconds, with the two answers; null for fewer than two. */
function longestGap({ request, heads, seals }: LodgedRun) {
  const answers = [...(request ? [request] : []), ...heads, ...seals].sort((a, b) => a.entry - b.entry);
  let longest: { seconds: number; from: Answer; to: Answer } | null = null;
  answers.forEach((to, i) => {
    const from = answers[i - 1];
    const seconds = from ? (Date.parse(to.time) - Date.parse(from.time)) / 1000 : 0;
    if (from && (longest === null || seconds > longest.seconds)) longest = { seconds, from, to };
  });
  return longest as { seconds: number; from: Answer; to: Answer } | null;
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
  const gap = longestGap(run);
  const repeated = [...(request ? [request] : []), ...heads, ...seals].some(({ answer }) => answer > 1);
  return (
    <div class="stacked">
      {repeated && <p class="notice warn">{w.repeated}</p>}
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
        {gap && <Fact name={w.gap}>{format.duration(gap.seconds)}</Fact>}
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
