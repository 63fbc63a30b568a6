// What the page of a stage shows, from the tables.

import { auditShown, joinedAudits } from '../audits/index.ts';
import { partsOf } from '../rules/index.ts';
import { citationsOf, existing, outcomesOf, type Sources, statusOf, type Tables } from '../state/index.ts';
import type { Sensitivity } from '../statistics/index.ts';
import type { Outcome } from './decide.ts';
import { submissionOf } from './leaves.ts';
import type { AuditOfReport, Figure, StageReport, TeamOfReport } from './page-types.ts';

/** What a report needs that no table holds. */
export interface Around {
  opened: string;
  closed: string | null;
  head: { seq: number; link: string };
  signatures: StageReport['log']['signatures'];
  /** Published things that are no score. */
  facts: StageReport['facts'];
}

export function stageReport(tables: Tables, stage: string, outcome: Outcome, around: Around): StageReport {
  const row = existing(tables, 'stages', stage, 'stage');
  const { book, statistics, moves } = outcome;
  const [programme] = tables.all('programmes');
  const blocks = partsOf(book);
  const move = (found: Sensitivity['points']): { far: number; kept: string; out: string } | null =>
    found ? { far: found.far, kept: outcome.teams[found.kept]!, out: outcome.teams[found.out]! } : null;
  return {
    programme: { id: programme!.id, name: programme!.name, mode: programme!.mode },
    stage: {
      id: stage,
      title: row.title,
      status: statusOf(tables, stage),
      opened: around.opened,
      closed: around.closed,
    },
    ruleBook: {
      name: book.name,
      version: book.version,
      digest: row.ruleBook,
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
    teams: teamsOf(tables, stage, outcome),
    decisionSource: decisionSource(tables, stage),
    statistics: statistics && { draws: statistics.draws, level: statistics.level, seed: outcome.seed },
    moves: moves && { points: move(moves.points), share: move(moves.share) },
    findings: [...tables.of('findings', 'stage', stage)].map(
      ({ consortium: team, component, verdict, by, text, signedBy, source }) => ({
        ...{ team, component, verdict, by, text },
        signed: signedBy !== null,
        source: citationsOf(source),
      }),
    ),
    audits: auditsArePublic(outcome, statusOf(tables, stage)) ? auditsOf(tables, stage, outcome) : [],
    withheld: book.publication
      ? (Object.keys(book.publication) as (keyof typeof book.publication)[]).filter(
          (kind) => book.publication![kind] === 'never',
        )
      : [],
    facts: around.facts,
    appeals: [...tables.of('appeals', 'stage', stage)].map(({ id, consortium: team, text, outcome, answer }) => ({
      ...{ id, team, text, outcome, answer },
    })),
    log: { ...around.head, signatures: around.signatures },
  };
}

/** Teams in their places, those with a veto last. */
function teamsOf(tables: Tables, stage: string, outcome: Outcome): TeamOfReport[] {
  const decided = outcomesOf(tables, stage);
  const teams = outcome.teams.map((id, i): TeamOfReport => {
    const total = outcome.totals[i]!;
    const points = typeof total === 'number' ? outcome.statistics?.totals[i] : undefined;
    const own = outcome.scores.filter((score) => score.consortium === id);
    return {
      id,
      name: tables.get('consortia', id)!.name,
      place: outcome.places.get(id)?.place ?? placeByPoints(outcome, i),
      total: {
        value: total,
        interval: points && points.standardError !== null ? [points.low, points.high] : null,
        source: null,
      },
      figures: Object.fromEntries(own.map((score) => [score.part.path, figureOf(tables, score)])),
      places: outcome.chances.get(id)?.places ?? null,
      keptChance: outcome.chances.get(id)?.kept ?? null,
      outcome: decided.get(id)?.outcome ?? null,
      reason: decided.get(id)?.reason ?? null,
    };
  });
  const last = ({ reason }: TeamOfReport): number => (reason === 'veto' ? 1 : 0);
  const place = (team: TeamOfReport): number => team.place ?? Number.MAX_SAFE_INTEGER;
  return outcome.places.size > 0 ? teams.sort((a, b) => last(a) - last(b) || place(a) - place(b)) : teams;
}

function auditsArePublic({ book: { publication } }: Outcome, status: StageReport['stage']['status']): boolean {
  const when = publication?.audits ?? 'at-once';
  return when === 'at-once' || (when === 'at-close' && status !== 'open');
}

const auditsOf = (tables: Tables, stage: string, { teams }: Outcome): AuditOfReport[] =>
  teams.flatMap((team) => {
    const id = submissionOf({ tables, stage }, team)?.id;
    const found = id === undefined ? undefined : auditShown(tables, id);
    if (id === undefined || !found) return [];
    const joined = joinedAudits(tables, id);
    const others = joined?.reports.some(({ by }) => by !== 'office') ?? false;
    const { verdict, claim } = found;
    return [{ team, submission: id, verdict, claim, joined: others ? joined!.claim : null }];
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
    source: entered ? citationsOf(tables.get('enteredScores', entered.id)!.source) : null,
  };
}

/** Of a decision that others published. */
function decisionSource(tables: Tables, stage: string): StageReport['decisionSource'] {
  const row = tables.get('decisions', stage);
  if (!row || row.digest !== null) return null;
  return citationsOf((JSON.parse(row.statement) as { source: Sources }).source);
}
