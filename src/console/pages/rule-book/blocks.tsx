// Blocks and parts of a rule book, and the sources of their points.

import { wordFor } from '../../../page-kit/index.ts';
import { Row, right, Table } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import type { RuleBook, RuleSource } from '../../types.ts';

export function Blocks({ book }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const line = (title: string, points: number) => (
    <div class="line">
      <span>{title}</span>
      <span>{words.common.points(format.short(points))}</span>
    </div>
  );
  return (
    <ul class="rules">
      {book.blocks.map((block) => (
        <li key={block.id}>
          {line(format.title(block.title), block.points)}
          {block.source.kind === 'parts' ? (
            <ul class="rules">
              {block.source.parts.map((part) => (
                <li key={part.id}>
                  {line(format.title(part.title), part.points)}
                  <SourceText source={part.source} />
                </li>
              ))}
            </ul>
          ) : (
            <SourceText source={block.source} />
          )}
        </li>
      ))}
    </ul>
  );
}

function SourceText({ source }: { source: RuleSource }) {
  const { words, format } = useConsole();
  const w = words.book;
  const kind = wordFor(words.sources, source.kind);
  if (source.kind === 'entered')
    return (
      <p class="soft">
        {kind}, {w.enteredBy(format.title(source.by))}
      </p>
    );
  if (source.kind === 'judgements')
    return (
      <p class="soft">
        {kind}: {w.users(format.count(source.users), format.count(source.minimumPerPair))}
      </p>
    );
  if (source.kind === 'forms')
    return (
      <>
        <p class="soft">
          {kind}: {w.experts(format.count(source.experts))},{' '}
          {source.average === 'mean' ? w.mean : w.trimmed(format.count(source.trim))}
        </p>
        <ul class="tags">
          {source.criteria.map((criterion) => (
            <li key={criterion.id}>
              {format.title(criterion.title)}: {format.short(criterion.points)}
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      <p class="soft">{kind}</p>
      <Table caption={kind} head={[words.model.task, words.model.metric, right(w.weight), w.scale]}>
        {source.tasks.map((task) => (
          <Row
            key={task.task}
            cells={[
              task.task,
              <code>{task.metric}</code>,
              right(format.short(task.weight)),
              task.scale === 'best-reference'
                ? w.bestReference
                : words.stage.interval(format.short(task.scale.floor), format.short(task.scale.ceiling)),
            ]}
          />
        ))}
      </Table>
    </>
  );
}
