// What a stage still needs by its rule book before it can be judged fairly.

import { submissionOf } from '../decision/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage, consortiumName, statusOf, type Tables } from '../state/index.ts';

/** One line for each thing that is not there. */
export function lackingOf(tables: Tables, stage: string): string[] {
  const book = bookOfStage(tables, stage);
  // Who is out of the programme owes nothing.
  const teams = (tables.get('stages', stage)!.consortia as string[]).filter(
    (team) => tables.get('consortia', team)!.status === 'active',
  );
  const nameOf = (team: string): string => consortiumName(tables, team);
  const lacking: string[] = [];
  const entered = [...tables.of('enteredScores', 'stage', stage)];
  const judgements = [...tables.of('judgements', 'stage', stage)];
  const parts = partsOf(book);
  if (book.originality.audit || parts.some(({ source }) => source.kind === 'tasks'))
    for (const team of teams)
      if (!submissionOf({ tables, stage }, team)) lacking.push(`${nameOf(team)}: no submission that was audited`);
  for (const { path, block, source } of parts) {
    if (source.kind === 'forms') {
      const given = [...tables.of('forms', 'stage', stage)].filter((row) => row.part === path).length;
      if (given < source.experts) lacking.push(`${path}: ${given} of ${source.experts} experts' forms`);
    } else if (source.kind === 'judgements') {
      lacking.push(...lackingPairs(path, teams, judgements, source, nameOf));
    } else if (source.kind === 'entered') {
      for (const team of teams) {
        const given = entered.filter(
          (row) => row.consortium === team && (row.part === path || row.part === `blocks.${block}`),
        );
        if (given.length === 0) lacking.push(`${path}: no figure for ${nameOf(team)}`);
        else if (given.every(({ value }) => value === 'not published'))
          lacking.push(`${path}: the figure for ${nameOf(team)} was not published, so its total is not known`);
      }
    } else if (source.kind === 'tasks') {
      for (const team of teams) {
        const submission = submissionOf({ tables, stage }, team);
        if (!submission) continue; // said above
        const rows = [...tables.of('evaluations', 'submission', String(submission.id))];
        const missing = source.tasks.filter(
          (task) => !rows.some((row) => row.task === task.task && row.metric === task.metric),
        );
        if (missing.length > 0)
          lacking.push(`${path}: ${nameOf(team)} has no result of ${missing.map(({ task }) => task).join(', ')}`);
      }
    }
  }
  return lacking;
}

/** What the office has to see to now, in all stages. One line for each. */
export function dueOf(tables: Tables): string[] {
  const [programme] = tables.all('programmes');
  if (programme?.mode === 'record') return [];
  return [...tables.all('stages')].flatMap(({ id }) => {
    const stage = String(id);
    const status = statusOf(tables, stage);
    if (status === 'open') return lackingOf(tables, stage);
    if (status === 'closed') return [`${stage}: it is closed, and not decided`];
    if (status === 'final') return [];
    const open = openAppeals(tables, stage);
    if (open.length === 0) return [`${stage}: it is decided, and the decision is not final`];
    return open.map(
      ({ consortium }) => `${stage}: the appeal of ${consortiumName(tables, String(consortium))} has no answer`,
    );
  });
}

const openAppeals = (tables: Tables, stage: string) =>
  [...tables.of('appeals', 'stage', stage)].filter(({ outcome }) => outcome === null);

/** The step that the office has to take next, and in which stage; none in a record, or while no stage is under way. */
export interface NextStep {
  stage: string;
  act: 'close' | 'decide' | 'answer' | 'finish';
  /** The appeal that is to be answered. */
  appeal: string | null;
}

/** What ends the stage that is under way; a stage is closed when nothing is lacking any more. */
export function nextStepOf(tables: Tables): NextStep | null {
  const [programme] = tables.all('programmes');
  if (programme?.mode === 'record') return null;
  for (const { id } of tables.all('stages')) {
    const stage = String(id);
    const status = statusOf(tables, stage);
    if (status === 'open' && lackingOf(tables, stage).length === 0) return { stage, act: 'close', appeal: null };
    if (status === 'closed') return { stage, act: 'decide', appeal: null };
    if (status === 'decided') {
      const [appeal] = openAppeals(tables, stage);
      return appeal ? { stage, act: 'answer', appeal: String(appeal.id) } : { stage, act: 'finish', appeal: null };
    }
  }
  return null;
}

function lackingPairs(
  path: string,
  teams: readonly string[],
  judgements: readonly { [column: string]: unknown }[],
  { users, minimumPerPair }: { users: number; minimumPerPair: number },
  nameOf: (team: string) => string,
): string[] {
  const judges = new Set(judgements.map((row) => row.judge)).size;
  const lacking = judges < users ? [`${path}: ${judges} of ${users} users have judged`] : [];
  const pairs = new Map<string, number>();
  for (const { a, b } of judgements) {
    const key = [String(a), String(b)].sort().join(' ');
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  teams.forEach((a, i) => {
    for (const b of teams.slice(i + 1)) {
      const pair = [a, b].sort();
      const given = pairs.get(pair.join(' ')) ?? 0;
      if (given < minimumPerPair)
        lacking.push(`${path}: ${given} of ${minimumPerPair} judgements of ${pair.map(nameOf).join(' and ')}`);
    }
  });
  return lacking;
}
