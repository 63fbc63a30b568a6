// A model card as elements, every one of them made from text.

import { blocksOf, spansOf } from '../state/markdown.ts';
import { Source, Table } from './elements.tsx';

const Spans = ({ text }: { text: string }) => (
  <>
    {spansOf(text).map((span, i) =>
      span.kind === 'code' ? (
        <code key={i}>{span.text}</code>
      ) : span.kind === 'strong' ? (
        <strong key={i}>{span.text}</strong>
      ) : (
        span.text
      ),
    )}
  </>
);

/** @param label of tables, which have no names of their own */
export function Document({ markdown, label }: { markdown: string; label: string }) {
  return (
    <div class="doc">
      {blocksOf(markdown).map((block, i) => {
        switch (block.kind) {
          case 'heading': {
            const Heading = block.level <= 2 ? 'h3' : 'h4'; // the page has the first and second levels
            return (
              <Heading key={i}>
                <Spans text={block.text} />
              </Heading>
            );
          }
          case 'list':
            return (
              <ul key={i}>
                {block.items.map((item, j) => (
                  <li key={j}>
                    <Spans text={item} />
                  </li>
                ))}
              </ul>
            );
          case 'code':
            return <Source key={i} class="" text={block.text} />;
          case 'table':
            return (
              <Table key={i} caption={label} head={block.head.map((cell) => <Spans text={cell} />)}>
                {block.rows.map((row, j) => (
                  <tr key={j}>
                    {row.map((cell, k) => (
                      <td key={k}>
                        <Spans text={cell} />
                      </td>
                    ))}
                  </tr>
                ))}
              </Table>
            );
          default:
            return (
              <p key={i}>
                <Spans text={block.text} />
              </p>
            );
        }
      })}
    </div>
  );
}
