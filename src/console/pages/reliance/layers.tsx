// The index by layer; every figure opens to its parts.

import { Citations } from '../../parts/citations.tsx';
import { Fold, Row, right, State, Table } from '../../parts/elements.tsx';
import { OperationText } from '../../parts/operation.tsx';
import { Section } from '../../parts/page.tsx';
import { Legend, PlaceText, SharesBar, SharesText } from '../../parts/places.tsx';
import { useConsole } from '../../state/context.ts';
import type { Index, LayerIndex, ReliancePage } from '../../types.ts';

type Known = Pick<ReliancePage, 'components' | 'uses' | 'home'>;

export function Layers({ index, page }: { index: Index; page: Known }) {
  const { words } = useConsole();
  const w = words.reliance;
  return (
    <Section title={w.layers} lead={w.layersLead}>
      <Legend />
      <ol class="layer-rows">
        {index.layers.map((layer) => (
          <LayerRow key={layer.layer} of={layer} page={page} />
        ))}
      </ol>
    </Section>
  );
}

function LayerRow({ of, page }: { of: LayerIndex; page: Known }) {
  const { words, format } = useConsole();
  const w = words.reliance;
  const name = words.layers[of.layer];
  const from = w.comesFrom(name.toLowerCase());
  return (
    <li>
      <h3>{name}</h3>
      {of.uses === 0 ? (
        <p class="soft">{w.noneKnown}</p>
      ) : (
        <>
          <div>
            <SharesBar of={of} floor={of.floor} />
            <p class="shares-text">
              <SharesText of={of} />
            </p>
          </div>
          <p class="soft">
            {of.floor !== null && (
              <span>
                {w.floor(format.share(of.floor))}{' '}
                <State
                  of={of.home < of.floor ? 'out' : 'holds'}
                  text={of.home < of.floor ? w.floorMissed : w.floorMet}
                />
              </span>
            )}
            {of.weight !== null && <span>{w.weight(format.share(of.weight / 100))}</span>}
            <span>{w.layerUses(format.count(of.uses))}</span>
          </p>
          <div class="from">
            <Fold summary={from}>{() => <Parts of={of} page={page} caption={from} />}</Fold>
          </div>
        </>
      )}
    </li>
  );
}

function Parts({ of, page, caption }: { of: LayerIndex; page: Known; caption: string }) {
  const { words, format } = useConsole();
  const w = words.reliance;
  const uses = new Map(page.uses.map((use) => [use.id, use]));
  const titleOf = (id: string) => (Object.hasOwn(page.components, id) ? format.title(page.components[id].name) : id);
  return (
    <>
      <Table caption={caption} head={[w.component, w.supplier, right(w.share), w.countsAs, w.useHead, w.whereFrom]}>
        {of.parts.map((part, i) => {
          const known =
            part.component !== null && Object.hasOwn(page.components, part.component)
              ? page.components[part.component]
              : undefined;
          const use = part.use === null ? undefined : uses.get(part.use);
          return (
            <Row
              key={i}
              cells={[
                part.component === null ? (
                  <>
                    {part.among.length > 0
                      ? words.valueChain.oneOf(format.list(part.among.map(titleOf)))
                      : w.somethingUnknown}
                    <small>{words.layers[part.of]}</small>
                  </>
                ) : (
                  <>
                    {titleOf(part.component)}
                    {known?.held && <small>{w.held}</small>}
                  </>
                ),
                <>
                  {known?.supplier ? format.title(known.supplier.name) : words.common.unknown}
                  {known && (
                    <small>{known.country === null ? words.common.unknown : format.country(known.country)}</small>
                  )}
                  {known?.country && known.supplier?.verified === false && (
                    <small class="warn-text">{words.overview.unverified}</small>
                  )}
                  {known?.operation && <OperationText of={known.operation} home={page.home} />}
                </>,
                right(format.share(part.share)),
                <>
                  <PlaceText of={part.place} />
                  {part.because !== null && part.among.length === 0 && (
                    <small>{w.because(titleOf(part.because))}</small>
                  )}
                </>,
                <>
                  {use ? format.title(use.name) : (part.use ?? '–')}
                  {use && (
                    <small>
                      {words.useKinds[use.kind]}, {w.words[use.word]}
                    </small>
                  )}
                </>,
                known ? (
                  <>
                    {!known.verified && <span class="warn-text">{words.overview.unverified}</span>}
                    <Citations of={known.source} />
                  </>
                ) : (
                  '–'
                ),
              ]}
            />
          );
        })}
      </Table>
      {of.more > 0 && <p class="soft">{w.moreParts(format.count(of.more))}</p>}
    </>
  );
}
