// What was measured on a model.

import { useConsole } from '../state/context.ts';
import type { Score } from '../types.ts';
import { Row, right, Table } from './elements.tsx';

export function ScoresTable({ caption, scores }: { caption: string; scores: Score[] }) {
  const { words, format } = useConsole();
  const w = words.model;
  return (
    <Table caption={caption} head={[w.task, w.metric, right(words.common.value), right(w.items)]}>
      {scores.map((score) => (
        <Row
          key={`${score.task} ${score.metric}`}
          cells={[
            <code>{score.task}</code>,
            <code>{score.metric}</code>,
            right(
              <>
                {score.value === null ? '–' : format.decimal(score.value, 4)}
                {score.stderr !== null && <small>± {format.decimal(score.stderr, 4)}</small>}
              </>,
            ),
            right(format.count(score.n)),
          ]}
        />
      ))}
    </Table>
  );
}
