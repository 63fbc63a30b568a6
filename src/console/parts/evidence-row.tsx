// The evidence of a run in one row: commitment, records, states, heads, seal, each with what is recorded of it; each opens to its details.

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Mark, markOf } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Evidence, Lodgings as FoundLodgings } from '../types.ts';
import { Genesis, Records, Seal, States, Unreadable } from './evidence-details.tsx';
import { Lodgings } from './lodgings.tsx';

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
