// What no single key shows: points that do not add up, names that are used twice or stand for nothing.

import { METRICS, type Path, type Places } from '../../formats/index.ts';
import { Conflicts, ids } from './conflicts.ts';
import type { BlockInput, PartInput, RuleBookInput, ScoredTask } from './schema.ts';

const SOURCES = ['parts', 'tasks', 'entered', 'forms', 'judgements'] as const;

/** A task, and where it is written. */
type PlacedTask = ScoredTask & { path: Path };

/** @throws JikjiError `rule-book-conflict`, `rule-book-missing-key` */
export function checkRuleBook(book: RuleBookInput, places: Places): void {
  const conflicts = new Conflicts(places);
  book.blocks.forEach((block, i) => void checkBlock(book, block, ['blocks', i], conflicts));
  if (book.kept == null && !book.record)
    throw places.error('rule-book-missing-key', ['kept'], 'kept is missing', 'write it: a number');
  conflicts.once(ids(book.blocks), (i) => ['blocks', i, 'id'], 'the block');
  conflicts.addUp(book.blocks, book.points, [['blocks'], ['points']], 'points of the blocks');
  const tasks = book.blocks.flatMap((block, i) => [
    ...tasksOf(block, ['blocks', i]),
    ...(block.parts ?? []).flatMap((part, j) => tasksOf(part, ['blocks', i, 'parts', j])),
  ]);
  // References name a task only, so a task has one metric in a book.
  conflicts.once(
    tasks.map(({ task }) => task),
    (i) => [...tasks[i]!.path, 'task'],
    'the task',
  );
  checkTieBreak(book, conflicts);
  if (book.selfReliance) {
    const weights = Object.values(book.selfReliance.weights).map((points) => ({ points }));
    const path = ['selfReliance', 'weights'];
    conflicts.addUp(weights, 100, [path, path], 'weights of the layers');
  }
  conflicts.once(book.originality.components, (i) => ['originality', 'components', i], 'the component');
  checkReferences(book, tasks, conflicts);
}

const tasksOf = ({ tasks = [] }: PartInput, path: Path): PlacedTask[] =>
  tasks.map((task, i) => ({ ...task, path: [...path, 'tasks', i] }));

function checkBlock(book: RuleBookInput, block: BlockInput, path: Path, conflicts: Conflicts): void {
  if (block.id === 'equal' || block.id === 'lot')
    throw conflicts.conflict([...path, 'id'], `"${block.id}" is a word of tieBreak`, 'call the block something else');
  checkPart(book, block, path, conflicts);
  if (!block.parts) return;
  block.parts.forEach((part, j) => void checkPart(book, part, [...path, 'parts', j], conflicts));
  conflicts.once(ids(block.parts), (j) => [...path, 'parts', j, 'id'], 'the part');
  const paths: [Path, Path] = [
    [...path, 'parts'],
    [...path, 'points'],
  ];
  conflicts.addUp(block.parts, block.points, paths, `points of the parts of ${block.id}`);
}

function checkPart(book: RuleBookInput, part: PartInput | BlockInput, path: Path, conflicts: Conflicts): void {
  const may = 'parts' in part ? SOURCES : SOURCES.slice(1);
  const given = SOURCES.filter((key) => key in part && (part as BlockInput)[key] !== undefined);
  if (given.length !== 1) {
    const message = given.length ? `${part.id} has ${given.join(' and ')}` : `nothing says how ${part.id} is scored`;
    throw conflicts.conflict(path, message, `give it one of ${may.join(', ')}`);
  }
  if (book.record && given[0] !== 'parts' && given[0] !== 'entered')
    throw conflicts.conflict(
      [...path, given[0]!],
      `${part.id} is measured, but this is a record`,
      'in a record scores are entered',
    );
  for (const task of tasksOf(part, path)) checkScale(book, task, conflicts);
  checkForms(part, path, conflicts);
  if (part.judgements && part.judgements.floor >= part.judgements.ceiling)
    throw conflicts.conflict([...path, 'judgements'], 'the floor is not below the ceiling', 'points lie between them');
}

function checkScale(book: RuleBookInput, { task, metric, scale, path: at }: PlacedTask, conflicts: Conflicts): void {
  const path = [...at, 'scale'];
  if (scale === 'best-reference') {
    if (book.target) return;
    throw conflicts.conflict(path, `${task} is measured by reference models, but there is no target`, 'add target');
  }
  if (scale.floor === scale.ceiling)
    throw conflicts.conflict(path, `floor and ceiling of ${task} are the same`, 'points lie between them');
  const { higher } = METRICS[metric];
  if (scale.ceiling > scale.floor === higher) return;
  const hint = `the ceiling, where all points are, lies ${higher ? 'above' : 'below'} the floor`;
  throw conflicts.conflict(path, `of ${metric}, ${higher ? 'more' : 'less'} is better`, hint);
}

function checkForms({ id, points, forms }: PartInput, path: Path, conflicts: Conflicts): void {
  if (!forms) return;
  const { experts, average, criteria } = forms;
  const here = [...path, 'forms'];
  const trim = forms.trim ?? (average === 'mean' ? 0 : 1);
  conflicts.once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], 'the criterion');
  const paths: [Path, Path] = [
    [...here, 'criteria'],
    [...path, 'points'],
  ];
  conflicts.addUp(criteria, points, paths, `points of the criteria of ${id}`);
  const at = [...here, 'trim'];
  if (average === 'mean' && trim > 0)
    throw conflicts.conflict(at, 'a mean leaves nothing out', 'write average: trimmed-mean, or remove trim');
  if (average === 'trimmed-mean' && trim === 0)
    throw conflicts.conflict(at, 'a trimmed mean leaves something out', 'write average: mean, or trim: 1');
  if (experts <= 2 * trim)
    throw conflicts.conflict(
      [at, [...here, 'average']],
      `of ${experts} forms nothing is left after ${2 * trim} are left out`,
      'ask more experts',
    );
}

function checkTieBreak({ blocks, tieBreak = [] }: RuleBookInput, conflicts: Conflicts): void {
  const names = blocks.flatMap(({ id, parts }) => [id, ...(parts ?? []).map((part) => `${id}.${part.id}`)]);
  tieBreak.forEach((name, i) => {
    const here = ['tieBreak', i];
    const isEnd = name === 'equal' || name === 'lot';
    if (isEnd && i < tieBreak.length - 1) throw conflicts.conflict(here, `nothing can follow "${name}"`, 'put it last');
    if (!isEnd) conflicts.known(name, [...names, 'equal', 'lot'], here, 'block or part');
  });
  const last = tieBreak.at(-1);
  if (tieBreak.length > 0 && last !== 'equal' && last !== 'lot')
    throw conflicts.conflict(
      ['tieBreak'],
      'tieBreak leaves open what happens when all of it is equal',
      'end it with equal or lot',
    );
  conflicts.once(tieBreak, (i) => ['tieBreak', i], 'in tieBreak');
}

function checkReferences({ target }: RuleBookInput, tasks: readonly PlacedTask[], conflicts: Conflicts): void {
  const references = target?.references ?? [];
  const names = tasks.map(({ task }) => task);
  references.forEach(({ scores }, i) => {
    for (const [name, score] of Object.entries(scores)) {
      const path = ['target', 'references', i, 'scores', name];
      conflicts.known(name, names, path, 'task in the blocks');
      // Shares of zero, and of less, mean nothing.
      if (!(score > 0))
        throw conflicts.conflict(path, `the score of ${name} is ${score}`, 'a share can be taken of what is above 0');
    }
  });
  conflicts.once(
    references.map(({ model }) => model),
    (i) => ['target', 'references', i, 'model'],
    'the reference model',
  );
  for (const { task, path, scale } of tasks) {
    if (scale !== 'best-reference' || references.some(({ scores }) => Object.hasOwn(scores, task))) continue;
    throw conflicts.conflict(
      [...path, 'scale'],
      `no reference model has a score in ${task}`,
      'add it under target.references',
    );
  }
}
