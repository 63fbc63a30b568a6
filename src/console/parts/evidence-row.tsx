// The evidence of a run in one row: commitment, records, states, heads, seal, each with what is recorded of it; each opens to its details.

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Fact, Facts, Mark, markOf, shortDigest } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Evidence, Lodgings as FoundLodgings } from '../types.ts';
import { Digest, DigestFact, Row, right, Table, Time } from './elements.tsx';
import { Lodgings } from './lodgings.tsx';
import { WitnessFacts } from './witness-facts.tsx';

/** The most rows of the table. */
const MAX_ROWS = 200;

interface Link {
  name: string;
  /** Whether it is there. */
  there: boolean;
  value: string;
  details: () => ComponentChildren;
}

/** @param lodgings undefined until they are fetched */
export function EvidenceRow({ chain, lodgings }: { chain: Evidence; lodgings: FoundLodgings | undefined }) {
  const { words } = useConsole();
  const w = words.evidence;
  const links = useLinks(chain, lodgings);
  const [open, setOpen] = useState<string>();
  const id = useId();
  return (
    <div class="stacked">
      <ol class="evidence-row">
        {links.map(({ name, there, value, details }, i) => {
          const { sign, tone } = markOf(there ? 'recorded' : 'none');
          const isOpen = open === name;
          return (
            <li key={name}>
              <button
                type="button"
                aria-expanded={isOpen}
                aria-controls={`${id}-${i}`}
                onClick={() => setOpen(isOpen ? undefined : name)}
              >
                <span class="name">{name}</span>
                <span class={`state ${tone}`}>
                  <Mark sign={sign} />
                  {value}
                </span>
              </button>
              <div id={`${id}-${i}`} class="details" hidden={!isOpen}>
                {isOpen && details()}
              </div>
            </li>
          );
        })}
      </ol>
      <Unreadable of={chain.unreadable} />
      <p class="soft">
        {chain.witness ? words.witness.recorded : w.recorded} {w.hint}
      </p>
    </div>
  );
}

function useLinks(chain: Evidence, lodgings: FoundLodgings | undefined): Link[] {
  const { words, format } = useConsole();
  const w = words.evidence;
  const { genesis, seal, checkpoints, checkpointCount, records, witness } = chain;
  const kept = checkpoints.filter((one) => one.kept).length;
  const atOffice = lodgings?.runs.reduce((sum, run) => sum + run.headCount, 0) ?? 0;
  const heads = Math.max(atOffice, witness?.headCount ?? 0);
  return [
    {
      name: w.genesis,
      there: genesis !== null,
      value: genesis ? w.short.signed : w.short.missing,
      details: () => <Genesis of={chain} />,
    },
    {
      name: w.records,
      there: records > 0,
      value: genesis ? w.short.of(format.count(records), format.count(genesis.steps)) : format.count(records),
      details: () => <Records of={chain} />,
    },
    {
      name: w.checkpoints,
      there: checkpointCount > 0,
      value: w.short.kept(format.count(checkpointCount), format.count(kept)),
      details: () => <States of={chain} kept={kept} />,
    },
    {
      name: w.heads,
      there: heads > 0,
      value: heads > 0 ? format.count(heads) : w.short.none,
      details: () => (
        <>
          <p class="soft">{words.lodgings.leadRun}</p>
          {lodgings && <Lodgings found={lodgings} empty={words.lodgings.noneRun} />}
        </>
      ),
    },
    {
      name: w.seal,
      there: seal !== null,
      value: seal ? w.short.sealed : w.short.unsealed,
      details: () => <Seal of={chain} />,
    },
  ];
}

function Genesis({ of: { genesis, witness } }: { of: Evidence }) {
  const { words } = useConsole();
  const w = words.evidence;
  if (genesis === null) return <p>{w.noGenesis}</p>;
  return (
    <>
      <p>{witness ? words.witness.genesisText : w.genesisText}</p>
      <Facts>
        <DigestFact name={w.genesis} of={genesis.digest} />
        <Signed by={genesis.signer} at={genesis.madeAt} />
        <Fact name={words.lodgings.title}>
          {genesis.lodged ? w.lodged(shortDigest(genesis.lodged.office)) : w.notLodged}
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
        <Time of={at} />
      </small>
    </Fact>
  );
};

function Records({ of: { records, head, sessions, witness } }: { of: Evidence }) {
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
        {witness && <WitnessFacts of={witness} />}
      </Facts>
    </>
  );
}

function States({ of: { checkpoints, checkpointCount }, kept }: { of: Evidence; kept: number }) {
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

function Seal({ of: { seal } }: { of: Evidence }) {
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
        <ul lang="en">
          {of.map(({ file, why }) => (
            <li key={`${file} ${why}`}>
              <code>{file}</code>: {why}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
