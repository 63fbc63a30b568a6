// What the page of a stage shows, from the tables.

import { auditShown, joinedAudits } from '../audits/index.ts';
import type { Citation, Title } from '../rules/index.ts';
import { partsOf } from '../rules/index.ts';
import { outcomesOf, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Sensitivity } from '../statistics/index.ts';
import type { Outcome } from './decide.ts';
import { submissionOf } from './leaves.ts';
import type { AuditOfReport, Figure, StageReport, TeamOfReport } from './page-types.ts';
import { stageRow } from './scores.ts';

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

export function stageReport(tables: Tables, stage: string, outcome: Outcome, around: Around): StageReport {
  const row = stageRow(tables, stage);
  const { book, statistics, moves } = outcome;
  const [programme] = [...tables.all('programmes')];
  const decided = outcomesOf(tables, stage);

  const teams = outcome.teams.map((id, i): TeamOfReport => {
    const consortium = tables.get('consortia', id)!;
    const total = outcome.totals[i]!;
    const points = typeof total === 'number' ? statistics?.totals[i] : undefined;
    const figures = Object.fromEntries(
      outcome.scores
        .filter((score) => score.consortium === id)
        .map((score) => [score.part.path, figureOf(tables, score)]),
    );
    return {
      id,
      name: consortium.name as unknown as Title,
      place: outcome.places.get(id)?.place ?? placeByPoints(outcome, i),
      total: {
        value: total,
        interval: points && points.standardError !== null ? [points.low, points.high] : null,
        source: null,
      },
      figures,
      places: outcome.chances.get(id)?.places ?? null,
      keptChance: outcome.chances.get(id)?.kept ?? null,
      outcome: decided.get(id)?.outcome ?? null,
      reason: decided.get(id)?.reason ?? null,
    };
  });
  const last = ({ reason }: TeamOfReport): number => (reason === 'veto' ? 1 : 0);
  if (outcome.places.size > 0)
    teams.sort(
      (a, b) => last(a) - last(b) || (a.place ?? Number.MAX_SAFE_INTEGER) - (b.place ?? Number.MAX_SAFE_INTEGER),
    );

  const blocks = partsOf(book);
  const move = (found: Sensitivity['points']): { far: number; kept: string; out: string } | null =>
    found ? { far: found.far, kept: outcome.teams[found.kept]!, out: outcome.teams[found.out]! } : null;
  return {
    programme: {
      id: String(programme!.id),
      name: programme!.name as unknown as Title,
      mode: programme!.mode as 'real',
    },
    stage: {
      id: stage,
      title: row.title as unknown as Title,
      status: statusOf(tables, stage),
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
    decisionSource: decisionSource(tables, stage),
    statistics: statistics && { draws: statistics.draws, level: statistics.level, seed: outcome.seed },
    moves: moves && { points: move(moves.points), share: move(moves.share) },
    findings: [...tables.all('findings')]
      .filter((finding) => finding.stage === stage)
      .map((finding) => ({
        team: String(finding.consortium),
        component: String(finding.component),
        verdict: finding.verdict as 'own',
        by: String(finding.by),
        signed: typeof finding.signedBy === 'string',
        text: String(finding.text),
        source: cited(finding.source),
      })),
    audits: auditsArePublic(outcome, statusOf(tables, stage)) ? auditsOf(tables, stage, outcome) : [],
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

function auditsArePublic({ book: { publication } }: Outcome, status: StageReport['stage']['status']): boolean {
  const when = publication?.audits ?? 'at-once';
  return when === 'at-once' || (when === 'at-close' && status !== 'open');
}

const auditsOf = (tables: Tables, stage: string, { teams }: Outcome): AuditOfReport[] =>
  teams.flatMap((team) => {
    const id = submissionOf({ tables, stage }, team)?.id;
    const found = id === undefined ? undefined : auditShown(tables, String(id));
    if (!found) return [];
    const joined = joinedAudits(tables, String(id));
    const others = joined?.reports.some(({ by }) => by !== 'office') ?? false;
    const { verdict, claim } = found;
    return [{ team, submission: String(id), verdict, claim, joined: others ? joined!.claim : null }];
  });

/** The place of a team with a veto among all, were there none; null where a total is not known. */
function placeByPoints({ book, totals }: Outcome, team: number): number | null {
  const known = totals.filter((total) => typeof total === 'number');
  if (book.record || known.length < totals.length) return null;
  return 1 + known.filter((total) => total > known[team]!).length;
}

function figureOf(tables: Tables, score: { value: Figure['value']; inputs: { table: string; id: string }[] }): Figure {
  const entered = score.inputs.find(({ table }) => table === 'enteredScores');
  return {
    value: score.value,
    interval: null,
    source: entered ? cited(tables.get('enteredScores', entered.id)?.source) : null,
  };
}

/** Of a decision that others published. */
function decisionSource(tables: Tables, stage: string): StageReport['decisionSource'] {
  const row = tables.get('decisions', stage);
  if (!row || row.digest !== null) return null;
  return cited((JSON.parse(String(row.statement)) as { source: unknown }).source);
}
