// What the page of a stage shows, from the tables.

import type { Citation, Title } from '../rules/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOf, type Row, type Tables } from '../state/index.ts';
import type { Outcome } from './decide.ts';
import type { Figure, StageReport, TeamOfReport } from './page-types.ts';
import { scoreStage, stageRow } from './scores.ts';

/** What a report needs that no table holds. */
export interface Around {
  opened: string;
  closed: string | null;
  head: { seq: number; link: string };
  signatures: StageReport['log']['signatures'];
  /** Published things that are no score. */
  facts: StageReport['facts'];
}

const cited = (source: unknown): Citation[] | 'not recorded' | null =>
  source === null || source === undefined
    ? null
    : source === 'not recorded'
      ? source
      : ((Array.isArray(source) ? source : [source]) as Citation[]);

/** `outcome`: worked out here; undefined for a record of what others decided. */
export function stageReport(tables: Tables, stage: string, outcome: Outcome | undefined, around: Around): StageReport {
  const row = stageRow(tables, stage);
  const book = bookOf(tables, String(row.ruleBook));
  const [programme] = [...tables.all('programmes')];
  const scored = outcome ?? scoreStage(tables, stage, around.opened.slice(0, 10));
  const recorded = outcome ? undefined : recordedDecision(tables, stage);
  const vetoed = new Map(outcome?.vetoes.map(({ consortium }) => [consortium, 'veto' as const]));
  const outReason = new Map(
    (outcome?.out ?? recorded?.out ?? []).map(({ consortium, reason }) => [consortium, reason]),
  );
  const kept = new Set(outcome?.kept ?? recorded?.kept ?? []);
  const decided = row.status === 'decided';

  const teams = scored.teams.map((id, i): TeamOfReport => {
    const consortium = tables.get('consortia', id)!;
    const points = outcome?.statistics.totals[i];
    const figures = Object.fromEntries(
      scored.scores
        .filter((score) => score.consortium === id)
        .map((score) => [score.part.path, figureOf(tables, score)]),
    );
    return {
      id,
      name: consortium.name as unknown as Title,
      place: outcome ? (outcome.places.get(id)?.place ?? placeByPoints(outcome.totals, i)) : null,
      total: {
        value: scored.totals[i]!,
        interval: points && points.standardError !== null ? [points.low, points.high] : null,
        source: null,
      },
      figures,
      places: outcome?.statistics.place[i] ?? null,
      keptChance: outcome?.keptChance[i] ?? null,
      outcome: decided ? (kept.has(id) ? 'kept' : outReason.has(id) ? 'out' : null) : null,
      reason: decided ? (vetoed.get(id) ?? outReason.get(id) ?? null) : null,
    };
  });
  const last = ({ reason }: TeamOfReport): number => (reason === 'veto' ? 1 : 0);
  if (outcome)
    teams.sort(
      (a, b) => last(a) - last(b) || (a.place ?? Number.MAX_SAFE_INTEGER) - (b.place ?? Number.MAX_SAFE_INTEGER),
    );

  const blocks = partsOf(book);
  const move = (found: Outcome['moves']['points']): { far: number; kept: string; out: string } | null =>
    found ? { far: found.far, kept: scored.teams[found.kept]!, out: scored.teams[found.out]! } : null;
  return {
    programme: {
      id: String(programme!.id),
      name: programme!.name as unknown as Title,
      mode: programme!.mode as 'real',
    },
    stage: {
      id: stage,
      title: row.title as unknown as Title,
      status: row.status as 'open',
      opened: around.opened,
      closed: around.closed,
    },
    ruleBook: {
      name: book.name,
      version: book.version,
      digest: String(row.ruleBook),
      points: book.points,
      kept: book.kept,
      veto: book.originality.veto,
      components: book.originality.components,
      decimals: book.rounding?.decimals ?? null,
      published: book.published ?? null,
    },
    blocks: book.blocks.map((block) => ({
      path: `blocks.${block.id}`,
      title: block.title,
      points: block.points,
      kind: block.source.kind,
      parts: blocks
        .filter((part) => part.block === block.id && part.path !== `blocks.${block.id}`)
        .map(({ path, title, points, source }) => ({ path, title, points, kind: source.kind as 'entered' })),
    })),
    teams,
    decisionSource: recorded ? cited(recorded.source) : null,
    statistics: outcome
      ? { draws: outcome.statistics.draws, level: outcome.statistics.level, seed: outcome.seed }
      : null,
    moves: outcome ? { points: move(outcome.moves.points), share: move(outcome.moves.share) } : null,
    findings: [...tables.all('findings')]
      .filter((finding) => finding.stage === stage)
      .map((finding) => ({
        team: String(finding.consortium),
        component: String(finding.component),
        verdict: finding.verdict as 'own',
        by: String(finding.by),
        text: String(finding.text),
        source: cited(finding.source),
      })),
    withheld: book.publication
      ? (Object.keys(book.publication) as (keyof typeof book.publication)[]).filter(
          (kind) => book.publication![kind] === 'never',
        )
      : [],
    facts: around.facts,
    appeals: [...tables.all('appeals')]
      .filter((appeal) => appeal.stage === stage)
      .map((appeal) => ({
        id: String(appeal.id),
        team: String(appeal.consortium),
        text: String(appeal.text),
        outcome: appeal.outcome as 'upheld' | null,
        answer: appeal.answer as string | null,
      })),
    log: { ...around.head, signatures: around.signatures },
  };
}

/** Among all, were there no veto. */
function placeByPoints(totals: Outcome['totals'], team: number): number | null {
  const own = totals[team];
  if (typeof own !== 'number') return null;
  return 1 + totals.filter((total) => typeof total === 'number' && total > own).length;
}

function figureOf(tables: Tables, score: { value: Figure['value']; inputs: { table: string; id: string }[] }): Figure {
  const entered = score.inputs.find(({ table }) => table === 'enteredScores');
  return {
    value: score.value,
    interval: null,
    source: entered ? cited(tables.get('enteredScores', entered.id)?.source) : null,
  };
}

function recordedDecision(tables: Tables, stage: string) {
  const row: Row | undefined = tables.get('decisions', stage);
  if (!row || row.digest !== null) return undefined;
  return JSON.parse(String(row.statement)) as {
    kept: string[];
    out: { consortium: string; reason: 'veto' | 'points' }[];
    source: unknown;
  };
}
