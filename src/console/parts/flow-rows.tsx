// The value chain as rows with bars, layer beneath layer: for a narrow place and for paper.

import { FlowNode, type Shown } from './flow-node.tsx';
import { PlaceText } from './places.tsx';

export function FlowRows({ picture, text, look, ...shown }: Shown & { look(node: number | undefined): void }) {
  const { nodes } = picture;
  const layers = Map.groupBy(nodes.keys(), (n) => {
    const { column, of } = nodes[n]!;
    return column === 1 ? 'work' : `${column} ${of}`;
  });
  return (
    <ol class="flow-rows">
      {[...layers].map(([key, members]) => (
        <li key={key}>
          <h3>{text.layer(nodes[members[0]!]!.of)}</h3>
          {([null, 'home', 'unknown', 'abroad'] as const).map((place) => {
            const here = members.filter((n) => nodes[n]!.place === place);
            return (
              here.length > 0 && (
                <div key={place} class="flow-place">
                  {place !== null && (
                    <p>
                      <PlaceText of={place} />
                    </p>
                  )}
                  <ul>
                    {here.map((n) => (
                      <li key={n}>
                        <FlowNode node={n} picture={picture} text={text} look={look} {...shown} />
                      </li>
                    ))}
                  </ul>
                </div>
              )
            );
          })}
        </li>
      ))}
    </ol>
  );
}
