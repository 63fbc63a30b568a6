// What no single key shows: points that do not add up, names that are used twice or stand for nothing.

import type { JikjiError } from '../../base/index.ts';
import { METRICS, nearestName, type Places } from '../../formats/index.ts';
import type { BlockInput, PartInput, RuleBookInput } from './schema.ts';

type Path = readonly (string | number)[];

const SOURCES = ['parts', 'tasks', 'entered', 'forms', 'judgements'] as const;
/** Points have three decimals at most. */
const thousandths = (points: number): number => Math.round(points * 1000);
const shown = (sum: number): string => String(sum / 1000);
const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

/** @throws JikjiError `rule-book-conflict`, `rule-book-missing-key` */
export function checkRuleBook(book: RuleBookInput, places: Places): void {
  const conflict = (paths: Path | readonly Path[], message: string, hint: string): JikjiError =>
    places.error('rule-book-conflict', paths, message, hint);

  const addUp = (items: readonly { points: number }[], whole: number, list: Path, of: Path, what: string) => {
    const sum = items.reduce((total, { points }) => total + thousandths(points), 0);
    if (sum === thousandths(whole)) return;
    throw conflict([list, of], `${what} add up to ${shown(sum)}, not ${whole}`, `mend one of them`);
  };
  const once = (names: readonly string[], path: (i: number) => Path, what: string) => {
    const i = names.findIndex((name, at) => names.indexOf(name) < at);
    if (i >= 0) throw conflict(path(i), `${what} "${names[i]}" is there twice`, 'give one of them another name');
  };
  const known = (name: string, names: readonly string[], path: Path, what: string) => {
    if (names.includes(name)) return;
    const near = nearestName(name, names);
    const hint = near
      ? `did you mean ${near.name}?`
      : names.length
        ? `there are: ${names.join(', ')}`
        : 'there is none';
    throw conflict(path, `there is no ${what} "${name}"`, hint);
  };

  const tasks: { task: string; path: Path; isReference: boolean; metric: keyof typeof METRICS }[] = [];
  const onePart = (part: PartInput | BlockInput, path: Path) => {
    const may = 'parts' in part ? SOURCES : SOURCES.slice(1);
    const given = SOURCES.filter((key) => key in part && (part as BlockInput)[key] !== undefined);
    if (given.length !== 1) {
      const message = given.length ? `${part.id} has ${given.join(' and ')}` : `nothing says how ${part.id} is scored`;
      throw conflict(path, message, `give it one of ${may.join(', ')}`);
    }
    if (book.record && given[0] !== 'parts' && given[0] !== 'entered')
      throw conflict(
        [...path, given[0]!],
        `${part.id} is measured, but this is a record`,
        'in a record scores are entered',
      );
    part.tasks?.forEach(({ task, metric, scale }, i) => {
      const here = [...path, 'tasks', i];
      tasks.push({ task, metric, path: here, isReference: scale === 'best-reference' });
      if (typeof scale === 'object' && scale.floor === scale.ceiling)
        throw conflict([...here, 'scale'], `floor and ceiling of ${task} are the same`, 'points lie between them');
      if (typeof scale === 'object' && scale.ceiling > scale.floor !== METRICS[metric].higher) {
        const better = METRICS[metric].higher ? 'more' : 'less';
        const hint = `the ceiling, where all points are, lies ${METRICS[metric].higher ? 'above' : 'below'} the floor`;
        throw conflict([...here, 'scale'], `of ${metric}, ${better} is better`, hint);
      }
      if (scale === 'best-reference' && !book.target)
        throw conflict(
          [...here, 'scale'],
          `${task} is measured by reference models, but there is no target`,
          'add target',
        );
    });
    if (part.forms) {
      const { experts, average, criteria } = part.forms;
      const here = [...path, 'forms'];
      const trim = part.forms.trim ?? (average === 'mean' ? 0 : 1);
      once(ids(criteria), (i) => [...here, 'criteria', i, 'id'], 'the criterion');
      addUp(criteria, part.points, [...here, 'criteria'], [...path, 'points'], `points of the criteria of ${part.id}`);
      if (average === 'mean' && trim > 0)
        throw conflict([...here, 'trim'], 'a mean leaves nothing out', 'write average: trimmed-mean, or remove trim');
      if (average === 'trimmed-mean' && trim === 0)
        throw conflict([...here, 'trim'], 'a trimmed mean leaves something out', 'write average: mean, or trim: 1');
      if (experts <= 2 * trim)
        throw conflict(
          [
            [...here, 'trim'],
            [...here, 'average'],
          ],
          `of ${experts} forms nothing is left after ${2 * trim} are left out`,
          'ask more experts',
        );
    }
    if (part.judgements && part.judgements.floor >= part.judgements.ceiling)
      throw conflict([...path, 'judgements'], 'the floor is not below the ceiling', 'points lie between them');
  };

  book.blocks.forEach((block, i) => {
    const path = ['blocks', i];
    if (block.id === 'equal' || block.id === 'lot')
      throw conflict([...path, 'id'], `"${block.id}" is a word of tieBreak`, 'call the block something else');
    onePart(block, path);
    if (!block.parts) return;
    block.parts.forEach((part, j) => void onePart(part, [...path, 'parts', j]));
    once(ids(block.parts), (j) => [...path, 'parts', j, 'id'], 'the part');
    addUp(block.parts, block.points, [...path, 'parts'], [...path, 'points'], `points of the parts of ${block.id}`);
  });
  if (book.kept == null && !book.record)
    throw places.error('rule-book-missing-key', ['kept'], 'kept is missing', 'write it: a number');
  once(ids(book.blocks), (i) => ['blocks', i, 'id'], 'the block');
  addUp(book.blocks, book.points, ['blocks'], ['points'], 'points of the blocks');
  // References name a task only, so a task has one metric in a book.
  once(
    tasks.map(({ task }) => task),
    (i) => [...tasks[i]!.path, 'task'],
    'the task',
  );

  const names = book.blocks.flatMap(({ id, parts }) => [id, ...(parts ?? []).map((part) => `${id}.${part.id}`)]);
  const tieBreak = book.tieBreak ?? [];
  tieBreak.forEach((name, i) => {
    const here = ['tieBreak', i];
    const isEnd = name === 'equal' || name === 'lot';
    if (isEnd && i < tieBreak.length - 1) throw conflict(here, `nothing can follow "${name}"`, 'put it last');
    if (!isEnd) known(name, [...names, 'equal', 'lot'], here, 'block or part');
  });
  const last = tieBreak.at(-1);
  if (tieBreak.length > 0 && last !== 'equal' && last !== 'lot')
    throw conflict(
      ['tieBreak'],
      'tieBreak leaves open what happens when all of it is equal',
      'end it with equal or lot',
    );
  once(tieBreak, (i) => ['tieBreak', i], 'in tieBreak');

  if (book.selfReliance) {
    const weights = Object.values(book.selfReliance.weights).map((points = 0) => ({ points }));
    const path = ['selfReliance', 'weights'];
    addUp(weights, 100, path, path, 'weights of the layers');
  }

  once(book.originality.components, (i) => ['originality', 'components', i], 'the component');
  const references = book.target?.references ?? [];
  references.forEach(({ scores }, i) => {
    for (const [name, score] of Object.entries(scores)) {
      const path = ['target', 'references', i, 'scores', name];
      known(
        name,
        tasks.map(({ task }) => task),
        path,
        'task in the blocks',
      );
      // Shares of zero, and of less, mean nothing.
      if (!(score > 0))
        throw conflict(path, `the score of ${name} is ${score}`, 'a share can be taken of what is above 0');
    }
  });
  once(
    references.map(({ model }) => model),
    (i) => ['target', 'references', i, 'model'],
    'the reference model',
  );
  for (const { task, path, isReference } of tasks) {
    if (!isReference || references.some(({ scores }) => Object.hasOwn(scores, task))) continue;
    throw conflict([...path, 'scale'], `no reference model has a score in ${task}`, 'add it under target.references');
  }
}
