// The fate of one run, model or site: whether it stops, the path to the cause, what remains, what could take over.

import { type ComponentChildren, Fragment } from 'preact';
import { Fact } from '../../../page-kit/index.ts';
import { State } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import { comparisonOf } from '../../state/plan-choice.ts';
import { pathOf } from '../../state/router.ts';
import type { Mentioned, WhatIfPage } from '../../types.ts';
import { layerList } from './shared.ts';

/** Names kept at the end of a shortened path. */
const NAMES_AT_END = 20;

interface Known {
  components: Mentioned;
}
type UseFate = WhatIfPage['uses'][number];

/** The name of a component; `supplier`: with its supplier. */
export function Named({ id, known, supplier }: { id: string; known: Known; supplier?: boolean }) {
  const { format } = useConsole();
  if (!Object.hasOwn(known.components, id)) return <>{id}</>;
  const { name, supplier: by, country } = known.components[id];
  const whose = [by && format.title(by.name), country && format.countryName(country)].filter((part) => part);
  return (
    <>
      {format.title(name)}
      {supplier && whose.length > 0 && <span class="soft"> ({whose.join(', ')})</span>}
    </>
  );
}

export function FateOf({
  programme,
  name,
  note,
  of,
  known,
}: {
  programme: string;
  name: ComponentChildren;
  note: (string | undefined)[];
  of: Pick<UseFate, 'fate' | 'remaining' | 'because' | 'leftOut'> &
    Partial<Pick<UseFate, 'use' | 'takeOver' | 'unknown' | 'more'>>;
  known: Known;
}) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  // The path starts with the subject itself.
  const path = of.because.filter((id) => id !== of.use);
  const { takeOver = [], unknown = [] } = of;
  const { now, could } = of.remaining;
  const share = (value: number | null) => (value === null ? w.shareUnknown : format.share(value));
  /** The fate itself already says all or nothing. */
  const lessened = of.fate !== 'stops' && now.low < 1;
  const hasDetails = path.length > 0 || lessened || takeOver.length > 0 || unknown.length > 0;
  return (
    <li>
      <div class="line">
        <span>
          <strong>{name}</strong> <small>{note.filter((part) => part !== undefined).join(', ')}</small>
        </span>
        <State of={of.fate} text={words.fates[of.fate]} />
      </div>
      {hasDetails && (
        <dl class="fate-details">
          {path.length > 0 && (
            <Fact name={of.fate === 'stops' ? w.why : w.fallen}>
              <ol class="way">
                {path.map((id, i) => (
                  <Fragment key={id}>
                    {of.leftOut > 0 && i === path.length - NAMES_AT_END && (
                      <li>… {words.valueChain.more(format.count(of.leftOut))} …</li>
                    )}
                    <li>
                      <Named id={id} known={known} supplier={i === path.length - 1} />
                    </li>
                  </Fragment>
                ))}
              </ol>
            </Fact>
          )}
          {lessened && <Fact name={w.remaining}>{w.remains(format.shares(now), format.shares(could))}</Fact>}
          {takeOver.length > 0 && (
            <Fact name={w.takeOver}>
              <ul>
                {takeOver.map((one) => (
                  <li key={`${one.component} ${one.share} ${one.could}`}>
                    {w.takeOverText(titleOf(one.component, known, format.title), share(one.share), share(one.could))}
                    {one.chips && (
                      <>
                        {' '}
                        <a href={pathOf('plan', { programme }) + comparisonOf([one.chips.stopped, one.chips.instead])}>
                          {w.planIt}
                        </a>
                      </>
                    )}
                  </li>
                ))}
                {of.more && <li>{w.takeOverMore}</li>}
              </ul>
            </Fact>
          )}
          {unknown.length > 0 && <Fact name={words.places.unknown}>{layerList(unknown, words, format)}</Fact>}
        </dl>
      )}
    </li>
  );
}

const titleOf = (id: string, { components }: Known, title: (of: Mentioned[string]['name']) => string): string =>
  Object.hasOwn(components, id) ? title(components[id].name) : id;
