// Checks of a rule book across keys: sums of points, duplicate names, unknown names.

import type { JikjiError } from '../../base/index.ts';
import { METRICS, type Path, type ValuePlaces } from '../../formats/index.ts';
import { Conflicts, ids } from './conflicts.ts';
import { FAULTS, THINGS } from './faults.ts';
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
  if (book.kept == null && !book.record) conflicts.missing(['kept'], FAULTS.keptMissing);
  conflicts.once(ids(blocks), (i) => ['blocks', i, 'id'], THINGS.block);
  conflicts.addUp(blocks, book.points, [['blocks'], ['points']], THINGS.blocks);
  const tasks = blocks.flatMap((block, i) => [
    ...tasksOf(block, ['blocks', i]),
    ...(block.parts ?? []).flatMap((part, j) => tasksOf(part, ['blocks', i, 'parts', j])),
  ]);
  // References name a task only, so a task has one metric in a book.
  const names = tasks.map(({ task }) => task);
  conflicts.once(names, (i) => [...tasks[i]!.path, 'task'], THINGS.task);
  checkTieBreak(book, conflicts);
  if (selfReliance) {
    const weights = Object.values(selfReliance.weights).map((points) => ({ points }));
    const path = ['selfReliance', 'weights'];
    conflicts.addUp(weights, 100, [path, path], THINGS.weights);
  }
  conflicts.once(originality.components, (i) => ['originality', 'components', i], THINGS.component);
  checkLineage(book, conflicts);
  checkSelection(book, conflicts);
  checkReferences(book, tasks, conflicts);
  return conflicts.errors;
}

const tasksOf = ({ tasks = [] }: PartInput, path: Path): PlacedTask[] =>
  tasks.map((task, i) => ({ ...task, path: [...path, 'tasks', i] }));

function checkBlock(book: RuleBookInput, block: BlockInput, path: Path, conflicts: Conflicts): void {
  const { id, points, parts } = block;
  conflicts.refuseIf(TIE_BREAK_ENDS.includes(id), [...path, 'id'], FAULTS.tieBreakWord(id));
  checkPart(book, block, path, conflicts);
  if (!parts) return;
  const here = [...path, 'parts'];
  parts.forEach((part, j) => void checkPart(book, part, [...here, j], conflicts));
  conflicts.once(ids(parts), (j) => [...here, j, 'id'], THINGS.part);
  conflicts.addUp(parts, points, [here, [...path, 'points']], THINGS.partsOf(id));
}

function checkPart(book: RuleBookInput, part: PartInput | BlockInput, path: Path, conflicts: Conflicts): void {
  const { id, judgements } = part;
  const allowed = 'parts' in part ? SOURCES : SOURCES.slice(1);
  const given = SOURCES.filter((key) => (part as BlockInput)[key] !== undefined);
  const all = allowed.join(', ');
  const sources = given.length > 0 ? FAULTS.manySources(id, given, all) : FAULTS.noSource(id, all);
  conflicts.refuseIf(given.length !== 1, path, sources);
  const [source] = given as [(typeof SOURCES)[number]];
  const isMeasured = source !== 'parts' && source !== 'entered';
  conflicts.refuseIf(book.record && isMeasured, [...path, source], FAULTS.measuredInRecord(id));
  for (const task of tasksOf(part, path)) checkScale(book, task, conflicts);
  checkForms(part, path, conflicts);
  if (judgements) {
    const isEmpty = judgements.floor >= judgements.ceiling;
    const here = [...path, 'judgements'];
    conflicts.refuseIf(isEmpty, here, FAULTS.noRoom);
    const { users, leastUsers = 0 } = judgements;
    conflicts.refuseIf(leastUsers > users, [...here, 'leastUsers'], FAULTS.leastAbove('users', users));
    conflicts.once(judgements.questions ?? [], (i) => [...here, 'questions', i], THINGS.question);
  }
}

function checkScale(book: RuleBookInput, { task, metric, scale, path: at }: PlacedTask, conflicts: Conflicts): void {
  const path = [...at, 'scale'];
  if (scale === 'best-reference') {
    conflicts.refuseIf(!book.target, path, FAULTS.noTarget(task));
    return;
  }
  const { floor, ceiling } = scale;
  const { higher } = METRICS[metric];
  conflicts.refuseIf(floor === ceiling, path, FAULTS.sameEnds(task));
  const isWrong = ceiling > floor !== higher;
  conflicts.refuseIf(isWrong, path, higher ? FAULTS.moreIsBetter(metric) : FAULTS.lessIsBetter(metric));
}

function checkForms({ id, points, forms }: PartInput, path: Path, conflicts: Conflicts): void {
  if (!forms) return;
  const { experts, leastExperts = 0, average, criteria } = forms;
  const here = [...path, 'forms'];
  conflicts.refuseIf(leastExperts > experts, [...here, 'leastExperts'], FAULTS.leastAbove('experts', experts));
  const trim = trimOf(forms);
  conflicts.once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], THINGS.criterion);
  const [criteriaPath, pointsPath] = [
    [...here, 'criteria'],
    [...path, 'points'],
  ];
  conflicts.addUp(criteria, points, [criteriaPath, pointsPath], THINGS.criteriaOf(id));
  const trimPath = [...here, 'trim'];
  conflicts.refuseIf(average === 'mean' && trim > 0, trimPath, FAULTS.meanTrims);
  const isUntrimmed = average === 'trimmed-mean' && trim === 0;
  conflicts.refuseIf(isUntrimmed, trimPath, FAULTS.trimsNothing);
  const nothingLeft = FAULTS.nothingLeft(experts, 2 * trim);
  conflicts.refuseIf(experts <= 2 * trim, [trimPath, [...here, 'average']], nothingLeft);
}

function checkTieBreak({ blocks, tieBreak = [] }: RuleBookInput, conflicts: Conflicts): void {
  const names = blocks.flatMap(({ id, parts }) => [id, ...(parts ?? []).map((part) => `${id}.${part.id}`)]);
  tieBreak.forEach((name, i) => {
    const here = ['tieBreak', i];
    const isEarly = TIE_BREAK_ENDS.includes(name) && i < tieBreak.length - 1;
    conflicts.refuseIf(isEarly, here, FAULTS.nothingFollows(name));
    conflicts.known(name, [...names, ...TIE_BREAK_ENDS], here, THINGS.blockOrPart);
  });
  const isOpen = tieBreak.length > 0 && !TIE_BREAK_ENDS.includes(tieBreak.at(-1)!);
  conflicts.refuseIf(isOpen, ['tieBreak'], FAULTS.openTieBreak);
  conflicts.once(tieBreak, (i) => ['tieBreak', i], THINGS.inTieBreak);
}

function checkLineage({ originality: { lineage, components }, record }: RuleBookInput, conflicts: Conflicts): void {
  if (!lineage) return;
  const path = ['originality', 'lineage'];
  conflicts.refuseIf(record, path, FAULTS.recordCompares);
  const parts = Object.entries(lineage.components).flatMap(([component, list]) => {
    conflicts.known(component, components, [...path, 'components', component], THINGS.componentOfOriginality);
    return list.map((part, i) => ({ part, path: [...path, 'components', component, i] }));
  });
  conflicts.once(
    parts.map(({ part }) => part),
    (i) => parts[i]!.path,
    THINGS.comparedPart,
  );
  for (const key of ['model', 'sketch'] as const)
    conflicts.once(
      lineage.references.map((one) => one[key]),
      (i) => [...path, 'references', i, key],
      THINGS.ofReference(key),
    );
}

function checkSelection({ selection }: RuleBookInput, conflicts: Conflicts): void {
  if (!selection) return;
  const steps = SELECTION_STEPS.filter((step) => selection[step]);
  conflicts.refuseIf(steps.length === 0, ['selection'], FAULTS.noStep);
  for (const step of steps) {
    const { criteria, minimum } = selection[step]!;
    const here = ['selection', step];
    conflicts.once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], THINGS.criterion);
    const full = fullPoints({ criteria });
    conflicts.refuseIf(
      minimum > full,
      [
        [...here, 'minimum'],
        [...here, 'criteria'],
      ],
      FAULTS.minimumTooHigh(step, minimum, full),
    );
  }
}

function checkReferences({ target }: RuleBookInput, tasks: readonly PlacedTask[], conflicts: Conflicts): void {
  const references = target?.references ?? [];
  const names = tasks.map(({ task }) => task);
  references.forEach(({ scores }, i) => {
    for (const [name, score] of Object.entries(scores)) {
      const path = ['target', 'references', i, 'scores', name];
      conflicts.known(name, names, path, THINGS.taskOfBlocks);
      // A share of a score of 0 or less has no meaning.
      conflicts.refuseIf(!(score > 0), path, FAULTS.scoreNotPositive(name, score));
    }
  });
  const models = references.map(({ model }) => model);
  conflicts.once(models, (i) => ['target', 'references', i, 'model'], THINGS.referenceModel);
  for (const { task, path, scale } of tasks) {
    const isMissing = scale === 'best-reference' && !references.some(({ scores }) => Object.hasOwn(scores, task));
    conflicts.refuseIf(isMissing, [...path, 'scale'], FAULTS.noReferenceScore(task));
  }
}
