// What the page of a stage shows, from the tables.

import { parseJson } from '../../base/index.ts';
import { auditShown, joinedAudits } from '../audits/index.ts';
import type { Head } from '../log/index.ts';
import { type PartOfBook, partsOf, type RuleBook, type Title } from '../rules/index.ts';
import {
  citationsOf,
  datesOf,
  outcomesOf,
  requireRow,
  type Sources,
  type StageStatus,
  statusOf,
  type Tables,
} from '../state/index.ts';
import type { Outcome } from './decide.ts';
import { scoredSubmission } from './leaves.ts';
import type { AuditOfReport, BlockOfReport, Figure, StageReport, TeamOfReport } from './page-types.ts';
import { sampleSizeInWords } from './sample-sizes.ts';

/** Data of a report that no table holds. */
export interface ReportContext
  extends Pick<StageReport['stage'], 'opened' | 'closed'>,
    Pick<StageReport, 'facts' | 'comparisons'> {
  head: Head;
  signatures: StageReport['log']['signatures'];
}

export function stageReport(tables: Tables, stage: string, outcome: Outcome, around: ReportContext): StageReport {
  const { title, ruleBook, lacking = [] } = requireRow(tables, 'stages', stage, 'stage');
  const { book, statistics, seed, notKnown } = outcome;
  const { name, version, points, kept, originality, rounding, published = null, publication } = book;
  const { veto, components } = originality;
  const [programme] = tables.all('programmes');
  const { id, name: programmeName, mode } = programme!;
  const { opened, closed, head, signatures, facts, comparisons } = around;
  const status = statusOf(tables, stage);
  // Sealed forms do not count yet, and in a record nobody was asked here.
  const asked: Outcome['asked'] = status === 'open' || book.record ? new Map() : outcome.asked;
  const decimals = rounding?.decimals ?? null;
  const teams = teamsOf(tables, stage, outcome);
  const appealUpheld = teams.some(({ overturned }) => overturned !== null);
  const withheld = Object.entries(publication ?? {}).filter(([, when]) => when === 'never');
  return {
    programme: { id, name: programmeName, mode },
    stage: { id: stage, title, status, opened, closed, appealsUntil: datesOf(tables, stage).appealsUntil, lacking },
    ruleBook: { name, version, digest: ruleBook, points, kept, veto, components, decimals, published },
    blocks: blocksOf(book, asked),
    teams,
    warnings: outcome.chances.size > 0 ? outcome.warnings : [],
    decisionSource: decisionSource(tables, stage),
    statistics: statistics && { draws: statistics.draws, level: statistics.level, seed, version: outcome.version },
    notKnown: notKnown && {
      parts: partsOf(book).flatMap(({ path, title }) => {
        const reason = notKnown.reasons[notKnown.parts.indexOf(path)];
        return reason ? [{ path, title, reason }] : [];
      }),
      isSettled: notKnown.isSettled,
    },
    moves: appealUpheld ? null : outcome.moves,
    appealUpheld,
    findings: tables
      .of('findings', 'stage', stage)
      .map(({ consortium: team, component, verdict, by, text, ko, signedBy, source }) => ({
        ...{ team, component, verdict, by, text },
        ...(ko && { ko }),
        signed: signedBy !== null,
        source: citationsOf(source),
      })),
    comparisons,
    audits: auditsArePublic(outcome, status) ? auditsOf(tables, stage, outcome) : [],
    withheld: withheld.map(([kind]) => kind as StageReport['withheld'][number]),
    facts,
    appeals: tables.of('appeals', 'stage', stage).map(({ id, consortium: team, text, outcome, answer }) => {
      return { id, team, text, outcome, answer };
    }),
    log: { ...head, signatures },
  };
}

function blocksOf(book: RuleBook, asked: Outcome['asked']): BlockOfReport[] {
  const parts = partsOf(book);
  const shown = ({ path, title, points, source }: PartOfBook) => {
    const units = asked.get(path);
    return { path, title, points, kind: source.kind, asked: units ? sampleSizeInWords(units) : null };
  };
  return book.blocks.map(({ id }) => {
    const [whole, ...inside] = parts.filter(({ block }) => block === id);
    return { ...shown(whole!), parts: inside.map(shown) };
  });
}

/** Teams by place, vetoed teams last. */
function teamsOf(tables: Tables, stage: string, outcome: Outcome): TeamOfReport[] {
  const decided = outcomesOf(tables, stage);
  const recorded = recordedPlaces(tables, stage);
  const arePublic = auditsArePublic(outcome, statusOf(tables, stage));
  const teams = outcome.teams.map((id, i): TeamOfReport => {
    const value = outcome.totals[i]!;
    const points = typeof value === 'number' ? outcome.statistics?.totals[i] : undefined;
    const interval = points?.interval ?? null;
    const scores = outcome.scores.filter(({ consortium }) => consortium === id);
    const chances = outcome.chances.get(id);
    const derived = recorded.get(id)?.derived;
    return {
      id,
      name: tables.get('consortia', id)!.name,
      place: outcome.places.get(id)?.place ?? placeByPoints(outcome, i) ?? recorded.get(id)?.place ?? null,
      ...(derived && { placeDerived: derived }),
      total: { value, interval, source: null },
      figures: Object.fromEntries(scores.map((score) => [score.part.path, figureOf(tables, score)])),
      places: chances?.places ?? null,
      keptChance: chances?.kept ?? null,
      ...(decided.get(id) ?? { outcome: null, reason: null, overturned: null }),
      lacks: arePublic ? (decided.get(id)?.lacks ?? []) : [],
    };
  });
  const last = ({ reason, overturned }: TeamOfReport): number => ((reason ?? overturned) === 'veto' ? 1 : 0);
  const place = (team: TeamOfReport): number => team.place ?? Number.MAX_SAFE_INTEGER;
  return outcome.places.size > 0 ? teams.sort((a, b) => last(a) - last(b) || place(a) - place(b)) : teams;
}

function auditsArePublic({ book: { publication } }: Outcome, status: StageStatus): boolean {
  const when = publication?.audits ?? 'at-once';
  return when === 'at-once' || (when === 'at-close' && status !== 'open');
}

const auditsOf = (tables: Tables, stage: string, { teams }: Outcome): AuditOfReport[] =>
  teams.flatMap((team) => {
    const submission = scoredSubmission({ tables, stage }, team)?.id;
    const found = submission === undefined ? undefined : auditShown(tables, submission);
    if (submission === undefined || !found) return [];
    const joined = joinedAudits(tables, submission);
    const others = joined?.reports.some(({ by }) => by !== 'office');
    return [{ team, submission, verdict: found.verdict, claim: found.claim, joined: others ? joined!.claim : null }];
  });

/** The place by points of a vetoed team among all teams; null if a total is unknown. */
function placeByPoints({ book, totals }: Outcome, team: number): number | null {
  const known = totals.filter((total) => typeof total === 'number');
  if (book.record || known.length < totals.length) return null;
  return 1 + known.filter((total) => total > known[team]!).length;
}

function figureOf(tables: Tables, { value, inputs }: Outcome['scores'][number]): Figure {
  const entered = inputs.find(({ table }) => table === 'enteredScores');
  const source = entered ? citationsOf(tables.get('enteredScores', entered.id)!.source) : null;
  return { value, interval: null, source };
}

interface Recorded {
  source: Sources;
  places?: { consortium: string; place: number; derived?: Title }[];
}

/** A decision published elsewhere. */
function recordedDecision(tables: Tables, stage: string): Recorded | undefined {
  const row = tables.get('decisions', stage);
  return row?.digest === null ? (parseJson(row.statement) as Recorded) : undefined;
}

const recordedPlaces = (tables: Tables, stage: string) =>
  new Map((recordedDecision(tables, stage)?.places ?? []).map((one) => [one.consortium, one]));

function decisionSource(tables: Tables, stage: string): StageReport['decisionSource'] {
  const decision = recordedDecision(tables, stage);
  return decision ? citationsOf(decision.source) : null;
}
