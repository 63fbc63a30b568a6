// Self-reliance in a rule book: the weight and the smallest home share of each layer.

import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useDraft } from './draft.ts';
import { NumberAt, ProblemsOf } from './fields.tsx';
import { Sum } from './sums.tsx';
import { isMapping } from './yaml-text.ts';

const LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'] as const;

export function SelfReliance() {
  const { words } = useConsole();
  const w = words.newBook;
  const { valueAt, edit } = useDraft();
  const given = valueAt(['selfReliance']);
  const weights = isMapping(given) && isMapping(given.weights) ? Object.values(given.weights) : [];
  const sum = weights.reduce<number>((all, one) => all + (typeof one === 'number' ? one : 0), 0);
  return (
    <Section title={words.nav.reliance} lead={words.book.floorsFirst}>
      {isMapping(given) ? (
        <>
          <Sum label={w.allWeights} sum={sum} whole={100} />
          <ProblemsOf path={['selfReliance']} />
          <ProblemsOf path={['selfReliance', 'weights']} />
          {LAYERS.map((layer) => (
            <div class="row" key={layer}>
              <NumberAt path={['selfReliance', 'weights', layer]} label={w.weightOf(words.layers[layer])} optional />
              <NumberAt path={['selfReliance', 'floors', layer]} label={w.floorOf(words.layers[layer])} optional />
            </div>
          ))}
          <div class="buttons small">
            <button type="button" onClick={() => edit(['selfReliance'], undefined)}>
              {w.dropSelfReliance}
            </button>
          </div>
        </>
      ) : (
        <div class="buttons small">
          <button type="button" onClick={() => edit(['selfReliance'], { weights: { chip: 50, weights: 50 } })}>
            {w.addSelfReliance}
          </button>
        </div>
      )}
    </Section>
  );
}
