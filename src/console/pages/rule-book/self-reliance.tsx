// Self-reliance in a rule book: the minimum home share and the weight of each layer.

import { Citations } from '../../parts/citations.tsx';
import { Row, right, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import type { Layer, RuleBook } from '../../types.ts';

export function SelfReliance({ book: { selfReliance } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  if (!selfReliance) return null;
  const { floors, weights } = selfReliance;
  const layers = (Object.keys(words.layers) as (Layer | 'compute')[]).filter(
    (layer): layer is Layer => layer !== 'compute' && (layer in floors || layer in weights),
  );
  return (
    <Section title={words.nav.reliance} lead={w.floorsFirst}>
      <Table caption={words.nav.reliance} head={[words.reliance.layer, right(w.floor), right(w.weight)]}>
        {layers.map((layer) => (
          <Row
            key={layer}
            cells={[
              words.layers[layer],
              right(floors[layer] === undefined ? '–' : format.percent(floors[layer])),
              right(weights[layer] === undefined ? '–' : format.percent(weights[layer] / 100)),
            ]}
          />
        ))}
      </Table>
      {selfReliance.published && <Citations of={selfReliance.published} />}
    </Section>
  );
}
