// What both verifiers found of a run, side by side: the verdict, every failing check with its file and step, what was trained again and drawn,
// extent, chance and room; which segments were ranked; and of a chain each of its links. Starts neither of them.

import type { Room } from '../../src/audit/index.ts';
import { linkFacts } from '../../src/audit/standing.ts';
import type { Audit, CheckName, Extent, Finding, Verdict } from '../../src/audit/types.ts';

const RANKINGS = ['speed', 'heading', 'probe'] as const;

/** The output of the verifier in Python. */
export interface Theirs {
  verdict: Verdict;
  extent: Extent;
  checks: { name: CheckName; verdict: Verdict }[];
  findings: (Pick<Finding, 'verdict' | 'file' | 'step' | 'text'> & { check: CheckName })[];
  data: string;
  sources: string[];
  figures: string;
  replayed: { index: number; from: number; to: number; why: string; verdict: Verdict }[];
  detection: { claimed: boolean; segments: number; candidates: number; drawn: number[]; chance: number | null };
  /** How strange each segment is, by ranking; empty where nothing was ranked. */
  ranks: Partial<Record<(typeof RANKINGS)[number], (number | null)[]>>;
  room: Room[] | null;
  links: Link[];
}

interface Link {
  name: string;
  seal: string | null;
  maker: string | null;
  begins: string;
  extent: Extent;
  chance: number | null;
  share: number;
  room?: number | null;
  data: string;
  figures?: string | null;
  lodging?: string | null;
}

export const close = (a: number | null | undefined, b: number | null | undefined): boolean =>
  a === b ||
  (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));

/** Groups may come in any order. */
export function sameRoom(a: Room[] | null, b: Room[] | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every(({ unseen, forged, groups }, i) => {
      const other = b[i]!;
      return (
        close(unseen, other.unseen) &&
        forged === other.forged &&
        groups.length === other.groups.length &&
        groups.every(({ group, ofWay, ofDistance }) => {
          const theirs = other.groups.find((one) => one.group === group);
          return theirs !== undefined && close(ofWay, theirs.ofWay) && close(ofDistance, theirs.ofDistance);
        })
      );
    })
  );
}

const sameLink = (one: Link, other: Link) =>
  close(one.chance, other.chance) &&
  close(one.share, other.share) &&
  close(one.room ?? null, other.room ?? null) &&
  (['name', 'seal', 'maker', 'begins', 'extent', 'data', 'figures', 'lodging'] as const).every(
    (member) => one[member] === other[member],
  );

export const first = (checks: { name: string; verdict: Verdict }[]): string | null =>
  checks.find(({ verdict }) => verdict !== 'holds')?.name ?? null;

/** Findings that a check of Jikji's audit keeps: beyond these it only counts them. */
const MOST_KEPT = 50;

/**
 * Every check that fails, with file and step, in a form that can be compared, by whom it was found: only by Jikji's audit, or only by the
 * verifier in Python. What an audit has of one check beyond its first findings is only counted there, and not compared.
 */
export function findingsApart(found: Audit, other: Theirs): { ours: string[]; theirs: string[] } {
  const spelled = (check: string, { verdict, file, step }: Pick<Finding, 'verdict' | 'file' | 'step'>) =>
    `${check} ${verdict} ${file}${step === undefined ? '' : ` at ${step}`}`;
  const full = new Set(found.checks.filter(({ findings }) => findings.length >= MOST_KEPT).map(({ name }) => name));
  const ours = new Set(found.checks.flatMap(({ name, findings }) => findings.map((one) => spelled(name, one))));
  const theirs = new Set(other.findings.map((one) => spelled(one.check, one)));
  const theirsToFind = other.findings.filter(({ check }) => !full.has(check)).map((one) => spelled(one.check, one));
  return {
    ours: [...ours].filter((one) => !theirs.has(one)).sort(),
    theirs: [...new Set(theirsToFind)].filter((one) => !ours.has(one)).sort(),
  };
}

/** What is certain and what is drawn; ranks are compared by themselves. */
export const BY_RULE = ['first', 'last', 'random'];
const segments = (list: Theirs['replayed']) =>
  list.map(({ from, to, why, verdict }) => `${from}-${to} ${BY_RULE.includes(why) ? why : ''} ${verdict}`).join();

/** The differences between both verifiers. */
export function differences(found: Audit, other: Theirs): string[] {
  const mine = found.detection;
  const { claimed, candidates, drawn, chance } = other.detection;
  const verdicts = { verdict: found.verdict === other.verdict, check: first(found.checks) === first(other.checks) };
  // Verifiers may continue differently, or not at all, without a sound genesis or recipe.
  const usable = other.detection.segments > 0 || found.verdict === 'holds';
  const both = other.replayed.length > 0 || found.replayed.every(({ verdict }) => verdict === 'incomplete');
  const apart = findingsApart(found, other);
  const links = linkFacts(found);
  const reach = {
    extent: found.extent === other.extent,
    data: found.data.standing === other.data,
    sources: found.data.sources.map(({ standing }) => standing).join() === other.sources.join(),
    figures: found.figures === other.figures,
    segments: both && (other.replayed.length === 0 || segments(found.replayed) === segments(other.replayed)),
    draw: mine.claimed === claimed && mine.candidates === candidates && mine.drawn === drawn.length,
    chance: close(mine.chances[0]?.chance ?? null, chance),
    room: sameRoom(found.room, other.room),
    findings: apart.ours.length === 0 && apart.theirs.length === 0,
    // How much was trained again of a run that does not hold depends on where a verifier stops.
    links:
      found.verdict !== 'holds' ||
      (links.length === other.links.length && links.every((link, i) => sameLink(link, other.links[i]!))),
  };
  const same = usable ? { ...verdicts, ...reach } : verdicts;
  return Object.entries(same).flatMap(([what, holds]) => (holds ? [] : [what]));
}

/** Two values of a ranking that another order of sums could exchange. */
const isTie = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b), 1e-3);

/**
 * The rankings that choose other segments, and whether that is a near tie by the values of the verifier in Python. What is ranked after a
 * tie follows from it, and is not compared.
 */
export function rankDifferences(found: Audit, { replayed, ranks }: Theirs): { differ: string[]; tie: string | null } {
  for (const name of RANKINGS) {
    const of = (list: readonly { index: number; why: string }[]) =>
      list.flatMap(({ index, why }) => (why === name ? [index] : []));
    const [ours, theirs] = [of(found.replayed), of(replayed)];
    const apart = [...ours.filter((one) => !theirs.includes(one)), ...theirs.filter((one) => !ours.includes(one))];
    if (apart.length === 0) continue;
    const values = apart.map((index) => ranks[name]?.[index] ?? Number.NaN);
    const what = `${name}: ${ours.join()} here, ${theirs.join()} there`;
    return values.every((value) => isTie(value, values[0]!))
      ? { differ: [], tie: what }
      : { differ: [what], tie: null };
  }
  return { differ: [], tie: null };
}
