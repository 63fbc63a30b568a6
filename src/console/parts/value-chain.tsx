// The value chain on the overview: its picture, a summary in sentences, and the way to what fails without somebody.

import { plain } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import type { Data } from '../state/data.ts';
import { suggestedIn } from '../state/flow-names.ts';
import { pathOf } from '../state/router.ts';
import { hasUnknown } from '../state/shares.ts';
import type { Overview, ValueChain } from '../types.ts';
import { FlowDiagram } from './flow.tsx';
import { Loaded } from './loaded.tsx';
import { Empty, Section } from './page.tsx';
import { Patterns } from './places.tsx';

export function ValueChainPicture({
  programme,
  data,
  consortia,
  office,
}: {
  programme: string;
  data: Data<ValueChain>;
  consortia: Overview['consortia'];
  office: boolean;
}) {
  const { words } = useConsole();
  const w = words.valueChain;
  return (
    <Section
      title={w.title}
      aside={data.value?.layers.length !== 0 && <a href={pathOf('reliance', { programme })}>{w.toReliance}</a>}
    >
      <Loaded data={data}>
        {(chain) =>
          chain.layers.length === 0 ? (
            <Empty text={w.none} {...(office ? { hint: w.noneHint } : {})} />
          ) : (
            <>
              <Lead chain={chain} />
              <WhatFails programme={programme} chain={chain} />
              <Patterns />
              <FlowDiagram
                picture={chain.picture}
                consortia={consortia}
                fates={undefined}
                programme={programme}
                gone={[]}
              />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

/** The same in sentences. */
function Lead({ chain: { home, layers, operated } }: { chain: ValueChain }) {
  const { words, format } = useConsole();
  const w = words.valueChain;
  const layerNames = (of: typeof layers) => format.list(of.map(({ layer }) => words.layers[layer].toLowerCase()));
  // What is not known may be home: a layer is from its known share to that and all that is not known.
  const rangeOf = (one: (typeof layers)[number]) => ({ low: one.home, high: Math.min(1, one.home + one.unknown) });
  const least = Math.min(...layers.map((one) => rangeOf(one).high));
  const leastOf = layers.filter((one) => rangeOf(one).high === least && one.unknown <= 0.5);
  const unknown = layers.filter((one) => one.unknown > 0.5);
  const things = Object.values(operated).filter(({ country }) => country !== null && home.includes(country));
  const lawUnknown = Object.values(operated).filter(({ operation }) => operation?.laws === null).length;
  return (
    <p class="soft">
      {w.lead(format.list(home.map((code) => format.country(code))))}{' '}
      {leastOf.map((one) => {
        const say = hasUnknown(one) ? w.leastBetween : w.least;
        return `${say(layerNames([one]), format.shares(rangeOf(one)))} `;
      })}
      {unknown.length > 0 && w.mostlyUnknown(layerNames(unknown))}{' '}
      {things.map(({ name, operation }) => {
        const foreign = operation?.laws?.filter((code) => !home.includes(code)) ?? [];
        if (foreign.length === 0) return null;
        return `${w.foreignLaw(format.title(name), format.list(foreign.map((code) => format.country(code))))} `;
      })}
      {lawUnknown > 0 && w.lawUnknown(format.count(lawUnknown))}
    </p>
  );
}

/** Links to what fails without the largest suppliers and countries abroad. */
function WhatFails({ programme, chain: { picture } }: { programme: string; chain: ValueChain }) {
  const { words, format } = useConsole();
  const { flow } = words;
  const { suppliers, countries } = suggestedIn(picture);
  if (suppliers.length === 0) return null;
  const link = (name: 'supplier' | 'country', id: string, text: string) => (
    <li key={`${name} ${id}`}>
      <a class="button" href={`${pathOf('reliance', { programme })}?${new URLSearchParams({ [name]: id })}`}>
        <bdi>{text}</bdi>
      </a>
    </li>
  );
  return (
    <nav class="what-fails" aria-label={flow.whatFails}>
      <strong aria-hidden="true">{flow.whatFails}</strong>
      <ul class="buttons">
        {suppliers.map(({ id, name }) => link('supplier', id, plain(format.title(name), 60)))}
        {countries.map((code) => link('country', code, flow.everythingFrom(format.country(code))))}
      </ul>
    </nav>
  );
}
