// The value chain as a picture: layers from the chip upwards, each with its components. It is made of lists, for screen readers: the
// layers in order, in each the shares and then the components.

import { useConsole } from '../state/context.ts';
import type { Data } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { ValueChain } from '../types.ts';
import { Loaded } from './loaded.tsx';
import { Empty, Section } from './page.tsx';
import { Legend, Patterns, PlaceText, SharesBar, SharesText } from './places.tsx';

type Item = ValueChain['layers'][number]['items'][number];

export function ValueChainPicture({
  programme,
  data,
  office,
}: {
  programme: string;
  data: Data<ValueChain>;
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
            <Picture chain={chain} />
          )
        }
      </Loaded>
    </Section>
  );
}

function Picture({ chain }: { chain: ValueChain }) {
  const { words, format } = useConsole();
  const w = words.valueChain;
  return (
    <>
      <p class="soft">
        {w.lead(format.list(chain.home.map((code) => format.country(code))))} <Summary layers={chain.layers} />
      </p>
      <Legend />
      <Patterns />
      <ol class="value-chain" aria-label={w.title}>
        {chain.layers.map(({ layer, items, more, ...shares }) => (
          <li key={layer}>
            <h3>{words.layers[layer]}</h3>
            <SharesBar of={shares} />
            <p class="shares-text">
              <SharesText of={shares} />
            </p>
            {items.length === 0 ? (
              <p class="soft">{w.nothing}</p>
            ) : (
              <ul aria-label={words.layers[layer]}>
                {items.map((item) => (
                  <ChainItem key={`${item.component} ${item.place} ${item.among.map(({ en }) => en)}`} of={item} />
                ))}
                {more > 0 && <li class="more">{w.more(format.count(more))}</li>}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

/** The same in two sentences. */
function Summary({ layers }: Pick<ValueChain, 'layers'>) {
  const { words, format } = useConsole();
  const w = words.valueChain;
  const layerNames = (of: typeof layers) => format.list(of.map(({ layer }) => words.layers[layer].toLowerCase()));
  const least = Math.min(...layers.map(({ home }) => home));
  const unknown = layers.filter(({ unknown }) => unknown > 0.5);
  return (
    <>
      {w.least(layerNames(layers.filter(({ home }) => home === least)), format.share(least))}{' '}
      {unknown.length > 0 && w.mostlyUnknown(layerNames(unknown))}
    </>
  );
}

function ChainItem({ of }: { of: Item }) {
  const { words, format } = useConsole();
  const w = words.valueChain;
  return (
    <li class={`thing ${of.place}`}>
      <strong>
        {of.name !== null
          ? format.title(of.name)
          : of.among.length > 0
            ? w.oneOf(format.list(of.among.map(format.title)))
            : words.common.unknown}
      </strong>
      {of.component !== null && (
        <span>
          {of.supplier === null ? w.supplierUnknown : format.title(of.supplier)}
          {of.country !== null && (
            <>
              , <abbr title={format.country(of.country)}>{of.country}</abbr>
            </>
          )}
        </span>
      )}
      <span class="counts">
        <PlaceText of={of.place} />, {format.share(of.share)}
      </span>
      {of.kinds.length === 1 && <small>{w.only[of.kinds[0]]}</small>}
    </li>
  );
}
