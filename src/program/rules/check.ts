// Checks of a rule book across keys: sums of points, duplicate names, unknown names.

import type { JikjiError } from '../../base/index.ts';
import { METRICS, type Path, type ValuePlaces } from '../../formats/index.ts';
import { Conflicts, ids } from './conflicts.ts';
import { type BlockInput, type PartInput, type RuleBookInput, type ScoredTask, trimOf } from './schema.ts';
import { fullPoints, SELECTION_STEPS } from './selection.ts';

const SOURCES = ['parts', 'tasks', 'entered', 'forms', 'judgements'] as const;
/** Words that can end a tieBreak, so that no block may have these ids. */
const TIE_BREAK_ENDS = ['equal', 'lot'];

/** A task and its path in the rule book. */
type PlacedTask = ScoredTask & { path: Path };

/** All errors of a rule book's keys against each other: `rule-book-conflict`, `rule-book-missing-key`. */
export function conflictsOf(book: RuleBookInput, places: ValuePlaces): JikjiError[] {
  const conflicts = new Conflicts(places);
  const { blocks, originality, selfReliance } = book;
  blocks.forEach((block, i) => void checkBlock(book, block, ['blocks', i], conflicts));
  if (book.kept == null && !book.record) conflicts.missing(['kept'], 'kept is missing', 'write it: a number');
  conflicts.once(ids(blocks), (i) => ['blocks', i, 'id'], 'the block');
  conflicts.addUp(blocks, book.points, [['blocks'], ['points']], 'points of the blocks');
  const tasks = blocks.flatMap((block, i) => [
    ...tasksOf(block, ['blocks', i]),
    ...(block.parts ?? []).flatMap((part, j) => tasksOf(part, ['blocks', i, 'parts', j])),
  ]);
  // References name a task only, so a task has one metric in a book.
  const names = tasks.map(({ task }) => task);
  conflicts.once(names, (i) => [...tasks[i]!.path, 'task'], 'the task');
  checkTieBreak(book, conflicts);
  if (selfReliance) {
    const weights = Object.values(selfReliance.weights).map((points) => ({ points }));
    const path = ['selfReliance', 'weights'];
    conflicts.addUp(weights, 100, [path, path], 'weights of the layers');
  }
  conflicts.once(originality.components, (i) => ['originality', 'components', i], 'the component');
  checkLineage(book, conflicts);
  checkSelection(book, conflicts);
  checkReferences(book, tasks, conflicts);
  return conflicts.errors;
}

const tasksOf = ({ tasks = [] }: PartInput, path: Path): PlacedTask[] =>
  tasks.map((task, i) => ({ ...task, path: [...path, 'tasks', i] }));

function checkBlock(book: RuleBookInput, block: BlockInput, path: Path, conflicts: Conflicts): void {
  const { id, points, parts } = block;
  conflicts.refuseIf(
    TIE_BREAK_ENDS.includes(id),
    [...path, 'id'],
    `"${id}" is a word of tieBreak`,
    'choose another id',
  );
  checkPart(book, block, path, conflicts);
  if (!parts) return;
  const here = [...path, 'parts'];
  parts.forEach((part, j) => void checkPart(book, part, [...here, j], conflicts));
  conflicts.once(ids(parts), (j) => [...here, j, 'id'], 'the part');
  conflicts.addUp(parts, points, [here, [...path, 'points']], `points of the parts of ${id}`);
}

function checkPart(book: RuleBookInput, part: PartInput | BlockInput, path: Path, conflicts: Conflicts): void {
  const { id, judgements } = part;
  const allowed = 'parts' in part ? SOURCES : SOURCES.slice(1);
  const given = SOURCES.filter((key) => (part as BlockInput)[key] !== undefined);
  const sources = given.length > 0 ? `${id} has ${given.join(' and ')}` : `nothing says how ${id} is scored`;
  conflicts.refuseIf(given.length !== 1, path, sources, `give it one of ${allowed.join(', ')}`);
  const [source] = given as [(typeof SOURCES)[number]];
  const isMeasured = source !== 'parts' && source !== 'entered';
  const message = `${id} is measured, but this is a record`;
  conflicts.refuseIf(book.record && isMeasured, [...path, source], message, 'in a record scores are entered');
  for (const task of tasksOf(part, path)) checkScale(book, task, conflicts);
  checkForms(part, path, conflicts);
  if (judgements) {
    const isEmpty = judgements.floor >= judgements.ceiling;
    const here = [...path, 'judgements'];
    conflicts.refuseIf(isEmpty, here, 'the floor is not below the ceiling', 'points lie between them');
    conflicts.once(judgements.questions ?? [], (i) => [...here, 'questions', i], 'the question');
  }
}

function checkScale(book: RuleBookInput, { task, metric, scale, path: at }: PlacedTask, conflicts: Conflicts): void {
  const path = [...at, 'scale'];
  if (scale === 'best-reference') {
    const message = `${task} is measured by reference models, but there is no target`;
    conflicts.refuseIf(!book.target, path, message, 'add target');
    return;
  }
  const { floor, ceiling } = scale;
  const { higher } = METRICS[metric];
  conflicts.refuseIf(floor === ceiling, path, `floor and ceiling of ${task} are the same`, 'points lie between them');
  const hint = `the ceiling, where all points are, lies ${higher ? 'above' : 'below'} the floor`;
  conflicts.refuseIf(ceiling > floor !== higher, path, `of ${metric}, ${higher ? 'more' : 'less'} is better`, hint);
}

function checkForms({ id, points, forms }: PartInput, path: Path, conflicts: Conflicts): void {
  if (!forms) return;
  const { experts, average, criteria } = forms;
  const here = [...path, 'forms'];
  const trim = trimOf(forms);
  conflicts.once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], 'the criterion');
  const [criteriaPath, pointsPath] = [
    [...here, 'criteria'],
    [...path, 'points'],
  ];
  conflicts.addUp(criteria, points, [criteriaPath, pointsPath], `points of the criteria of ${id}`);
  const trimPath = [...here, 'trim'];
  const meanHint = 'write average: trimmed-mean, or remove trim';
  conflicts.refuseIf(average === 'mean' && trim > 0, trimPath, 'a mean leaves nothing out', meanHint);
  const trimHint = 'write average: mean, or trim: 1';
  const isUntrimmed = average === 'trimmed-mean' && trim === 0;
  conflicts.refuseIf(isUntrimmed, trimPath, 'a trimmed mean leaves something out', trimHint);
  const message = `of ${experts} forms nothing is left after ${2 * trim} are left out`;
  conflicts.refuseIf(experts <= 2 * trim, [trimPath, [...here, 'average']], message, 'ask more experts');
}

function checkTieBreak({ blocks, tieBreak = [] }: RuleBookInput, conflicts: Conflicts): void {
  const names = blocks.flatMap(({ id, parts }) => [id, ...(parts ?? []).map((part) => `${id}.${part.id}`)]);
  tieBreak.forEach((name, i) => {
    const here = ['tieBreak', i];
    const isEarly = TIE_BREAK_ENDS.includes(name) && i < tieBreak.length - 1;
    conflicts.refuseIf(isEarly, here, `nothing can follow "${name}"`, 'put it last');
    conflicts.known(name, [...names, ...TIE_BREAK_ENDS], here, 'block or part');
  });
  const isOpen = tieBreak.length > 0 && !TIE_BREAK_ENDS.includes(tieBreak.at(-1)!);
  const message = 'tieBreak does not say what happens if all of it is equal';
  conflicts.refuseIf(isOpen, ['tieBreak'], message, 'end it with equal or lot');
  conflicts.once(tieBreak, (i) => ['tieBreak', i], 'in tieBreak');
}

function checkLineage({ originality: { lineage, components }, record }: RuleBookInput, conflicts: Conflicts): void {
  if (!lineage) return;
  const path = ['originality', 'lineage'];
  conflicts.refuseIf(record, path, 'a record takes no submissions to compare', 'leave lineage out');
  const parts = Object.entries(lineage.components).flatMap(([component, list]) => {
    conflicts.known(component, components, [...path, 'components', component], 'component in originality');
    return list.map((part, i) => ({ part, path: [...path, 'components', component, i] }));
  });
  conflicts.once(
    parts.map(({ part }) => part),
    (i) => parts[i]!.path,
    'the part',
  );
  for (const key of ['model', 'sketch'] as const)
    conflicts.once(
      lineage.references.map((one) => one[key]),
      (i) => [...path, 'references', i, key],
      `the ${key} of a reference`,
    );
}

function checkSelection({ selection }: RuleBookInput, conflicts: Conflicts): void {
  if (!selection) return;
  const steps = SELECTION_STEPS.filter((step) => selection[step]);
  const hint = 'describe paper, presentation or both, or leave selection out';
  conflicts.refuseIf(steps.length === 0, ['selection'], 'selection describes no step', hint);
  for (const step of steps) {
    const { criteria, minimum } = selection[step]!;
    const here = ['selection', step];
    conflicts.once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], 'the criterion');
    const full = fullPoints({ criteria });
    const message = `the minimum of ${step} is ${minimum}, and its criteria have ${full} points`;
    conflicts.refuseIf(
      minimum > full,
      [
        [...here, 'minimum'],
        [...here, 'criteria'],
      ],
      message,
      'correct one of them',
    );
  }
}

function checkReferences({ target }: RuleBookInput, tasks: readonly PlacedTask[], conflicts: Conflicts): void {
  const references = target?.references ?? [];
  const names = tasks.map(({ task }) => task);
  references.forEach(({ scores }, i) => {
    for (const [name, score] of Object.entries(scores)) {
      const path = ['target', 'references', i, 'scores', name];
      conflicts.known(name, names, path, 'task in the blocks');
      // A share of a score of 0 or less has no meaning.
      const hint = 'a share needs a score above 0';
      conflicts.refuseIf(!(score > 0), path, `the score of ${name} is ${score}`, hint);
    }
  });
  const models = references.map(({ model }) => model);
  conflicts.once(models, (i) => ['target', 'references', i, 'model'], 'the reference model');
  for (const { task, path, scale } of tasks) {
    const isMissing = scale === 'best-reference' && !references.some(({ scores }) => Object.hasOwn(scores, task));
    const message = `no reference model has a score in ${task}`;
    conflicts.refuseIf(isMissing, [...path, 'scale'], message, 'add it under target.references');
  }
}
