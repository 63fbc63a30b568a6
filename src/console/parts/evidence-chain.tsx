// The chain of evidence as a picture: commitment, records with their states, seal; beneath it the same as a table.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Fact, Facts, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Evidence } from '../types.ts';
import { Digest, Row, right, Table, Time } from './elements.tsx';
import { WitnessFacts } from './witness-facts.tsx';

/** The most rows of the table. */
const MAX_ROWS = 200;

export function EvidenceChain({ chain }: { chain: Evidence }) {
  const { words, format } = useConsole();
  const w = words.evidence;
  const { genesis, seal, checkpoints, checkpointCount, records, sessions, witness, unreadable } = chain;
  const kept = checkpoints.filter((one) => one.kept).length;
  return (
    <div class="chain stacked">
      <Picture chain={chain} />
      <p class="legend">
        <span>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <path class="state-kept" d="M7 1 13 7 7 13 1 7Z" />
          </svg>
          {w.kept}
        </span>
        <span>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <path class="state-root" d="M7 1.5 12.5 7 7 12.5 1.5 7Z" />
          </svg>
          {w.onlyRoot}
        </span>
      </p>
      <Facts>
        <Fact name={w.genesis}>
          {genesis === null ? (
            w.noGenesis
          ) : (
            <>
              <Digest of={genesis.digest} copy={w.genesis} />
              <small>
                {witness ? words.witness.genesisText : w.genesisText} {words.run.maker}:{' '}
                <code title={genesis.signer}>{shortDigest(genesis.signer)}</code>, <Time of={genesis.madeAt} />.{' '}
                {genesis.lodged ? w.lodged(shortDigest(genesis.lodged.office)) : w.notLodged}.
              </small>
            </>
          )}
        </Fact>
        <Fact name={w.records}>
          {w.recordsText(format.count(records))}
          {!witness && <small>{w.sessions(format.count(sessions.length))}</small>}
        </Fact>
        <Fact name={w.checkpoints}>{w.checkpointsText(format.count(kept), format.count(checkpointCount))}</Fact>
        <Fact name={w.seal}>
          {seal === null ? (
            w.noSeal
          ) : (
            <>
              <Digest of={seal.digest} copy={w.seal} />
              <small>
                {w.sealText} {words.run.maker}: <code title={seal.signer}>{shortDigest(seal.signer)}</code>,{' '}
                <Time of={seal.sealedAt} />
                {seal.lodged && `, ${w.lodgedSeal(shortDigest(seal.lodged.office))}`}
              </small>
            </>
          )}
        </Fact>
        {witness && <WitnessFacts of={witness} />}
      </Facts>
      {unreadable.length > 0 && (
        <div class="notice warn">
          <div>
            <p>{w.unreadable}</p>
            <ul lang="en">
              {unreadable.map(({ file, why }) => (
                <li key={file}>
                  <code>{file}</code>: {why}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <p class="soft">{witness ? words.witness.recorded : w.recorded}</p>
      {checkpoints.length > 0 && (
        <details>
          <summary>{w.table}</summary>
          <Table caption={w.checkpoints} head={[right(words.common.step), w.root, words.common.status]}>
            {checkpoints.slice(0, MAX_ROWS).map((one) => (
              <Row
                key={one.step}
                cells={[right(format.count(one.step)), <Digest of={one.root} />, one.kept ? w.kept : w.onlyRoot]}
              />
            ))}
          </Table>
          {checkpointCount > Math.min(MAX_ROWS, checkpoints.length) && (
            <p class="soft">{w.more(format.count(checkpointCount - Math.min(MAX_ROWS, checkpoints.length)))}</p>
          )}
        </details>
      )}
    </div>
  );
}

/** The most marks of states: more would merge into one band. */
const MAX_MARKS = 60;

/** One unit of the picture is one pixel, so that its text stays readable: it is drawn for the available width. */
function Picture({ chain }: { chain: Evidence }) {
  const { words, format } = useConsole();
  const w = words.evidence;
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const host = place.current!;
    const observer = new ResizeObserver(() => setWidth(Math.max(260, Math.floor(host.clientWidth))));
    observer.observe(host);
    return () => observer.disconnect();
  }, []);
  const { genesis, seal, checkpoints, checkpointCount, records } = chain;
  const label = w.picture(format.count(records), format.count(checkpointCount), seal === null ? w.unsealed : w.sealed);
  const narrow = width < 620;
  const block = 132;
  const end = Math.max(1, records);
  // The ribbon of records lies between the two blocks; on a phone between them from top to bottom.
  const from = narrow ? 92 : block + 26;
  const to = narrow ? 300 : width - block - 26;
  const at = (step: number) => from + ((to - from) * Math.min(step, end)) / end;
  const every = Math.max(1, Math.ceil(checkpoints.length / MAX_MARKS));
  const marks = checkpoints.filter((_, i) => i % every === 0 || i === checkpoints.length - 1);
  const lines = Math.min(records, Math.floor((to - from) / 5));
  const ribbon = Array.from({ length: lines }, (_, i) => from + ((to - from) * (i + 0.5)) / lines);
  if (narrow)
    return (
      <div ref={place}>
        <svg viewBox={`0 0 ${width} 372`} role="img" aria-label={label}>
          <Block x={1} y={1} width={width - 2} name={w.genesis} digest={genesis?.digest ?? null} none={w.noGenesis} />
          <path class="link" d={`M36 72V${from}M36 ${to}V300`} />
          <path class="record" d={ribbon.map((y) => `M26 ${y}h20`).join('')} />
          <path class="link" d={`M26 ${from}V${to}M46 ${from}V${to}`} />
          {marks.map((one) => (
            <path
              key={one.step}
              class={one.kept ? 'state-kept' : 'state-root'}
              d={`M62 ${at(one.step) - 5}l5 5-5 5-5-5Z`}
            />
          ))}
          <text class="name" x="84" y={(from + to) / 2 - 4}>
            {w.recordsText(format.count(records))}
          </text>
          <text class="note" x="84" y={(from + to) / 2 + 16}>
            {w.checkpoints}: {format.count(checkpointCount)}
          </text>
          <Block x={1} y={301} width={width - 2} name={w.seal} digest={seal?.digest ?? null} none={w.noSeal} />
        </svg>
      </div>
    );
  return (
    <div ref={place}>
      <svg viewBox={`0 0 ${width} 124`} role="img" aria-label={label}>
        <Block x={1} y={25} width={block} name={w.genesis} digest={genesis?.digest ?? null} none={w.noGenesis} />
        <path class="link" d={`M${block + 1} 60H${from}M${to} 60H${width - block - 1}`} />
        <path class="record" d={ribbon.map((x) => `M${x} 46v28`).join('')} />
        <path class="link" d={`M${from} 46H${to}M${from} 74H${to}`} />
        {marks.map((one) => (
          <path key={one.step} class={one.kept ? 'state-kept' : 'state-root'} d={`M${at(one.step)} 78l6 6-6 6-6-6Z`} />
        ))}
        <text class="name" x={(from + to) / 2} y="32" text-anchor="middle">
          {w.recordsText(format.count(records))}
        </text>
        <text class="note" x={(from + to) / 2} y="112" text-anchor="middle">
          {w.checkpoints}: {format.count(checkpointCount)}
        </text>
        <Block x={width - block - 1} y={25} width={block} name={w.seal} digest={seal?.digest ?? null} none={w.noSeal} />
      </svg>
    </div>
  );
}

function Block({
  x,
  y,
  width,
  name,
  digest,
  none,
}: {
  x: number;
  y: number;
  width: number;
  name: string;
  digest: string | null;
  none: string;
}) {
  return (
    <>
      <rect class={`block ${digest === null ? 'open' : ''}`} x={x} y={y} width={width} height="70" rx="5" />
      <text class="name" x={x + 14} y={y + 30}>
        {name}
      </text>
      {digest === null ? (
        <text class="note" x={x + 14} y={y + 52}>
          {none}
        </text>
      ) : (
        <text class="hash" x={x + 14} y={y + 52}>
          {shortDigest(digest)}
        </text>
      )}
    </>
  );
}
