// What is recorded of each link of a run's evidence: digests, keys, times, states; and what could not be read.

import { Fact, Facts, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Evidence } from '../types.ts';
import { Digest, DigestFact, Row, right, Table, Time } from './elements.tsx';
import { WitnessFacts } from './witness-facts.tsx';
import { Said } from './written.tsx';

/** The most rows of the table. */
const MAX_ROWS = 200;

export function Genesis({ of: { genesis, witness } }: { of: Evidence }) {
  const { words } = useConsole();
  const w = words.evidence;
  if (genesis === null) return <p>{w.noGenesis}</p>;
  // An office whose key is the maker's own dates nothing.
  const isDated = genesis.lodged !== null && genesis.lodged.office !== genesis.signer;
  return (
    <>
      <p>{witness ? words.witness.genesisText : w.genesisText[isDated ? 'lodged' : 'notLodged']}</p>
      <Facts>
        <DigestFact name={w.genesis} of={genesis.digest} />
        <Signed by={genesis.signer} at={genesis.madeAt} />
        <Fact name={words.lodgings.title}>
          {genesis.lodged ? w.lodged(shortDigest(genesis.lodged.office)) : w.notLodged}
          {genesis.lodged && (
            <small>
              <Time of={genesis.lodged.at} /> {w.officeClock}
            </small>
          )}
        </Fact>
      </Facts>
    </>
  );
}

const Signed = ({ by, at }: { by: string; at: string }) => {
  const { words } = useConsole();
  return (
    <Fact name={words.run.maker}>
      <Digest of={by} copy={words.run.maker} />
      <small>
        <Time of={at} /> {words.evidence.makerClock}
      </small>
    </Fact>
  );
};

export function Records({ of: { records, head, sessions, moves, witness } }: { of: Evidence }) {
  const { words, format } = useConsole();
  const w = words.evidence;
  return (
    <>
      <p>{witness ? words.witness.evidenceLead : w.lead}</p>
      <Facts>
        <Fact name={w.records}>
          {w.recordsText(format.count(records))}
          {!witness && <small>{w.sessions(format.count(sessions.length))}</small>}
        </Fact>
        <DigestFact name={w.link} of={head} />
        {moves.map(({ step, to, time }, i) => (
          <Fact key={i} name={w.move(format.count(step))}>
            {to === null ? w.notTaken : <Digest of={to} copy={words.run.maker} />}
            <small>
              <Time of={time} /> {w.makerClock}
            </small>
          </Fact>
        ))}
        {witness && <WitnessFacts of={witness} />}
      </Facts>
    </>
  );
}

export function States({ of: { checkpoints, checkpointCount }, kept }: { of: Evidence; kept: number }) {
  const { words, format } = useConsole();
  const w = words.evidence;
  const shown = checkpoints.slice(0, MAX_ROWS);
  const more = checkpointCount - shown.length;
  return (
    <>
      <p>{w.checkpointsText(format.count(kept), format.count(checkpointCount))}</p>
      {shown.length > 0 && (
        <Table caption={w.table} head={[right(words.common.step), w.root, words.common.status]}>
          {shown.map((one) => (
            <Row
              key={one.step}
              cells={[right(format.count(one.step)), <Digest of={one.root} />, one.kept ? w.kept : w.onlyRoot]}
            />
          ))}
        </Table>
      )}
      {more > 0 && <p class="soft">{w.more(format.count(more))}</p>}
    </>
  );
}

export function Seal({ of: { seal } }: { of: Evidence }) {
  const { words } = useConsole();
  const w = words.evidence;
  if (seal === null) return <p>{w.noSeal}</p>;
  return (
    <>
      <p>{w.sealText}</p>
      <Facts>
        <DigestFact name={w.seal} of={seal.digest} />
        <Signed by={seal.signer} at={seal.sealedAt} />
        <DigestFact name={words.run.stateRoot} of={seal.stateRoot} />
        {seal.lodged && <Fact name={words.lodgings.title}>{w.lodgedSeal(shortDigest(seal.lodged.office))}</Fact>}
      </Facts>
    </>
  );
}

/** Files that could not be read, and why. */
export function Unreadable({ of }: { of: Evidence['unreadable'] }) {
  const w = useConsole().words.evidence;
  if (of.length === 0) return null;
  return (
    <div class="notice warn">
      <div>
        <p>{w.unreadable}</p>
        <ul>
          {of.map(({ file, why, whyKo }) => (
            <li key={`${file} ${why}`}>
              <code>{file}</code>: <Said en={why} ko={whyKo} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
