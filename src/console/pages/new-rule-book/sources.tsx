// Fields of each source of points: tasks, experts' forms, judgements, figures from elsewhere.

import { useConsole } from '../../state/context.ts';
import type { RuleSource } from '../../types.ts';
import { ChoiceAt, ChoiceOf } from './choices.tsx';
import { useDraft } from './draft.ts';
import { NumberAt, ProblemsOf, TextAt, TitleAt } from './fields.tsx';
import { SumAt } from './sums.tsx';
import { CHOOSE, listOf, type Path, withItem, withValue } from './yaml-text.ts';

export const SOURCES = ['parts', 'tasks', 'forms', 'judgements', 'entered'] as const;
export type SourceKind = (typeof SOURCES)[number];

type Task = Extract<RuleSource, { kind: 'tasks' }>['tasks'][number];
/** All metrics: one that is missing does not compile. */
const METRICS = Object.keys({
  acc: 1,
  acc_norm: 1,
  acc_bytes: 1,
  f1: 1,
  perplexity: 1,
  bits_per_byte: 1,
  byte_perplexity: 1,
  word_perplexity: 1,
  exact_match: 1,
  contains: 1,
  ends_turn: 1,
  valid: 1,
  judged: 1,
  above_baseline: 1,
} satisfies Record<Task['metric'], 1>);

/** Least numbers that the form proposes: from them on chances are honest. */
const aTask = () => ({ task: CHOOSE, metric: 'acc', scale: { floor: 0, ceiling: 1 }, leastItems: 100 });
const aCriterion = (id: string, points: unknown) => ({ id, title: { en: CHOOSE }, points });

/** What a source has at first. `points`: those of its part. */
export function skeletonOf(kind: SourceKind, points: unknown): unknown {
  switch (kind) {
    case 'parts':
      return [{ id: 'part-1', title: { en: CHOOSE }, points, entered: { by: { en: CHOOSE } } }];
    case 'tasks':
      return [aTask()];
    case 'forms':
      return { experts: CHOOSE, leastExperts: 5, average: 'mean', criteria: [aCriterion('criterion-1', points)] };
    case 'judgements':
      return { users: CHOOSE, minimumPerPair: CHOOSE, leastUsers: 20, leastVotes: 10, floor: 0, ceiling: 1 };
    default:
      return { by: { en: CHOOSE } };
  }
}

export function SourceFields({ kind, path }: { kind: Exclude<SourceKind, 'parts'>; path: Path }) {
  const { words } = useConsole();
  const w = words.newBook;
  const here = [...path, kind];
  switch (kind) {
    case 'tasks':
      return <Tasks path={here} />;
    case 'forms':
      return <Forms path={here} whole={[...path, 'points']} />;
    case 'judgements':
      return (
        <div class="row">
          <NumberAt path={[...here, 'users']} label={w.users} />
          <NumberAt path={[...here, 'minimumPerPair']} label={w.perPair} />
          <NumberAt path={[...here, 'leastUsers']} label={w.leastUsers} hint={w.leastHint} optional />
          <NumberAt path={[...here, 'leastVotes']} label={w.leastVotes} optional />
          <NumberAt path={[...here, 'floor']} label={w.noPointsAt} hint={w.chanceHint} optional fallback={0} />
          <NumberAt path={[...here, 'ceiling']} label={w.allPointsAt} optional fallback={1} />
        </div>
      );
    default:
      return (
        <div class="row">
          <TitleAt path={[...here, 'by']} label={(lang) => (lang === 'en' ? w.byEn : w.byKo)} />
          <NumberAt path={[...here, 'error']} label={w.error} hint={w.errorHint} optional />
        </div>
      );
  }
}

function Tasks({ path }: { path: Path }) {
  const { words, format } = useConsole();
  const w = words.newBook;
  const { valueAt, change, edit } = useDraft();
  const tasks = listOf(valueAt(path));
  const metrics = METRICS.map((metric) => ({ value: metric, text: metric }));
  return (
    <>
      {tasks.map((_, i) => {
        const at = [...path, i];
        const isReference = valueAt([...at, 'scale']) === 'best-reference';
        const scales = [
          { value: 'linear', text: w.linear },
          { value: 'best-reference', text: words.book.bestReference },
        ];
        return (
          <fieldset key={i} class="rule-line">
            <legend>{w.task(format.count(i + 1))}</legend>
            <ProblemsOf path={at} />
            <div class="row">
              <TextAt path={[...at, 'task']} label={words.model.task} />
              <ChoiceAt path={[...at, 'metric']} label={words.model.metric} options={metrics} />
              <NumberAt path={[...at, 'weight']} label={words.book.weight} optional fallback={1} />
              <NumberAt path={[...at, 'leastItems']} label={w.leastItems} hint={w.leastHint} optional />
            </div>
            <div class="row">
              <ChoiceOf
                path={[...at, 'scale']}
                label={words.book.scale}
                options={scales}
                current={isReference ? 'best-reference' : 'linear'}
                on={(scale) => edit([...at, 'scale'], scale === 'linear' ? { floor: 0, ceiling: 1 } : scale)}
              />
              {!isReference && (
                <>
                  <NumberAt path={[...at, 'scale', 'floor']} label={w.noPointsAt} />
                  <NumberAt path={[...at, 'scale', 'ceiling']} label={w.allPointsAt} />
                </>
              )}
            </div>
            <Remove path={at} label={w.task(format.count(i + 1))} />
          </fieldset>
        );
      })}
      <div class="buttons small">
        <button type="button" onClick={() => change((text) => withItem(text, path, aTask()))}>
          {w.addTask}
        </button>
      </div>
    </>
  );
}

function Forms({ path, whole }: { path: Path; whole: Path }) {
  const { words, format } = useConsole();
  const w = words.newBook;
  const { valueAt, change } = useDraft();
  const isTrimmed = valueAt([...path, 'average']) === 'trimmed-mean' || valueAt([...path, 'trim']) !== undefined;
  const criteria = listOf(valueAt([...path, 'criteria']));
  const averages = [
    { value: 'mean', text: words.book.mean },
    { value: 'trimmed-mean', text: w.trimmedMean },
  ];
  return (
    <>
      <div class="row">
        <NumberAt path={[...path, 'experts']} label={w.experts} />
        <NumberAt path={[...path, 'leastExperts']} label={w.leastExperts} hint={w.leastHint} optional />
        <ChoiceAt path={[...path, 'average']} label={w.average} options={averages} fallback="mean" />
        {isTrimmed && <NumberAt path={[...path, 'trim']} label={w.trim} optional fallback={1} />}
      </div>
      <SumAt label={w.allCriteria} list={[...path, 'criteria']} whole={whole} />
      <ProblemsOf path={[...path, 'criteria']} />
      {criteria.map((_, i) => {
        const at = [...path, 'criteria', i];
        return (
          <fieldset key={i} class="rule-line">
            <legend>{w.criterion(format.count(i + 1))}</legend>
            <ProblemsOf path={at} />
            <div class="row">
              <TextAt path={[...at, 'id']} label={words.common.id} />
              <TitleAt
                path={[...at, 'title']}
                label={(lang) => (lang === 'en' ? words.common.nameEn : words.common.nameKo)}
              />
              <NumberAt path={[...at, 'points']} label={words.book.points} />
            </div>
            <Remove path={at} label={w.criterion(format.count(i + 1))} />
          </fieldset>
        );
      })}
      <div class="buttons small">
        <button
          type="button"
          onClick={() => {
            const next = aCriterion(`criterion-${criteria.length + 1}`, CHOOSE);
            change((text) => withItem(text, [...path, 'criteria'], next));
          }}
        >
          {w.addCriterion}
        </button>
      </div>
    </>
  );
}

function Remove({ path, label }: { path: Path; label: string }) {
  const w = useConsole().words.newBook;
  const { change } = useDraft();
  return (
    <div class="buttons small">
      <button type="button" onClick={() => change((text) => withValue(text, path, undefined))}>
        {w.remove}
        <span class="hidden">: {label}</span>
      </button>
    </div>
  );
}
