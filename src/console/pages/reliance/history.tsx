// The home share at the end of each stage, and now.

import { Table } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { SharesBar } from '../../parts/places.tsx';
import { useConsole } from '../../state/context.ts';
import { knownOf, useIsRecord } from '../../state/record.ts';
import type { Index, Layer, Overall, ReliancePage, Shares } from '../../types.ts';

interface Column {
  key: string;
  title: string;
  note: string | null;
  layers: ({ layer: Layer } & Shares)[];
  overall: Overall;
}

export function Course({ page, index }: { page: ReliancePage; index: Index }) {
  const { words, format } = useConsole();
  const w = words.reliance;
  const isRecord = useIsRecord();
  const columns: Column[] = [
    ...page.course.map(({ stage, title, closed, layers, overall }) => ({
      key: stage,
      title: format.title(title),
      note: format.day(isRecord ? knownOf(closed) : closed),
      layers,
      overall,
    })),
    { key: '', title: w.now, note: null, layers: index.layers, overall: index.overall },
  ];
  // A layer that is no longer needed may have been needed at the end of a stage.
  const layers = new Set(columns.toReversed().flatMap((column) => column.layers.map(({ layer }) => layer)));
  return (
    <Section title={w.course} lead={w.courseLead}>
      {page.course.length === 0 ? (
        <Empty text={w.courseNone} />
      ) : (
        <Table
          caption={w.course}
          class="course"
          head={[w.layer, ...columns.map(({ title, note }) => ({ of: title, note }))]}
        >
          {[...layers].map((layer) => (
            <tr key={layer}>
              <th scope="row">{words.layers[layer]}</th>
              {columns.map(({ key, layers }) => {
                const of = layers.find((one) => one.layer === layer);
                return (
                  <td key={key}>
                    {of === undefined ? (
                      '–'
                    ) : (
                      <>
                        {format.share(of.home)}
                        <SharesBar of={of} />
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr>
            <th scope="row">{w.overall}</th>
            {columns.map(({ key, overall }) => (
              <td key={key}>
                {overall.score === null ? w.noScore : <strong>{format.decimal(overall.score, 1)}</strong>}
              </td>
            ))}
          </tr>
        </Table>
      )}
    </Section>
  );
}
