// What was measured on a model.

import { useConsole } from '../state/context.ts';
import type { Score } from '../types.ts';
import { Table } from './elements.tsx';

export function ScoresTable({ caption, scores }: { caption: string; scores: Score[] }) {
  const { words, format } = useConsole();
  const w = words.model;
  return (
    <Table
      caption={caption}
      head={
        <>
          <th scope="col">{w.task}</th>
          <th scope="col">{w.metric}</th>
          <th scope="col" class="right">
            {words.common.value}
          </th>
          <th scope="col" class="right">
            {w.items}
          </th>
        </>
      }
    >
      {scores.map((score) => (
        <tr key={`${score.task} ${score.metric}`}>
          <th scope="row">{score.task}</th>
          <td>
            <code>{score.metric}</code>
          </td>
          <td class="right">
            {score.value === null ? '–' : format.decimal(score.value, 4)}
            {score.stderr !== null && <small>± {format.decimal(score.stderr, 4)}</small>}
          </td>
          <td class="right">{format.count(score.n)}</td>
        </tr>
      ))}
    </Table>
  );
}
