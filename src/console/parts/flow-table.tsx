// The value chain as a table: what rests on what, with the share of the work. For screen readers, and for whoever wants the numbers.

import { useConsole } from '../state/context.ts';
import { Fold, Row, right, State, Table } from './elements.tsx';
import type { Shown } from './flow-node.tsx';
import { PlaceText } from './places.tsx';

export function FlowTable({ picture, text, fates }: Pick<Shown, 'picture' | 'text' | 'fates'>) {
  const { words, format } = useConsole();
  const w = words.flow;
  const head = [w.what, w.on, w.layer, w.place, right(w.share)];
  return (
    <Fold summary={w.table(format.count(picture.links.length))}>
      {() => (
        <Table caption={w.tableCaption} head={fates ? [...head, words.common.status] : head}>
          {picture.links.map(({ from, to, share }, i) => {
            const on = picture.nodes[to]!;
            const fate = fates?.links[i] ?? 'goes-on';
            const cells = [
              <bdi key="from">{text.name(picture.nodes[from]!)}</bdi>,
              <bdi key="to">{text.name(on)}</bdi>,
              text.layer(on.of),
              on.place === null ? '–' : <PlaceText of={on.place} />,
              right(text.share(share)),
            ];
            return (
              <Row
                key={`${from} ${to}`}
                cells={fates ? [...cells, <State key="fate" of={fate} text={w.fates[fate]} />] : cells}
              />
            );
          })}
        </Table>
      )}
    </Fold>
  );
}
