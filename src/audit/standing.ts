// What an audit found of a run and of each run that it was built on, in the few figures that sentences and signed audits rest on. Decides no
// verdict; writes no sentence.

import { SELF_AUDIT } from './challenge.ts';
import { type Beginning, linksOf, type Standing } from './claims.ts';
import { evenRoom } from './room.ts';
import type { Audit, Extent, LodgingStanding, Move, Verdict } from './types.ts';

/** How far the audit of one run reached, whatever that run was built on. */
export function extentOf({ run, replayed, detection }: Pick<Audit, 'run' | 'replayed' | 'detection'>): Extent {
  const verified = new Set(replayed.filter(({ verdict }) => verdict === 'holds').map(({ index }) => index));
  if (run.segments.length > 0 && run.segments.every(({ index }) => verified.has(index))) return 'all';
  return detection.reason === SELF_AUDIT ? 'self' : 'sampled';
}

/** What says who lodged a run, of ours or of one that another program trained. */
interface Lodged {
  run: Pick<Audit['run'], 'office' | 'lodgedAt' | 'maker'> & { moves?: readonly Move[] };
  register: object | null;
  checks: readonly { name: string; verdict: Verdict }[];
}

/** Who lodged the run, and whether the office's register shows it. `makers`: of the other runs of the chain, who are no office to each other. */
export function lodgingOf(
  { run, register, checks }: Lodged,
  makers: ReadonlySet<string | null> = new Set(),
): LodgingStanding {
  if (run.office === null || run.lodgedAt === null) return 'none';
  if (makersOfRun(run).includes(run.office) || makers.has(run.office)) return 'own';
  const isListed = register !== null && checks.some(({ name, verdict }) => name === 'register' && verdict === 'holds');
  return isListed ? 'register' : 'office';
}

/** The keys that made a run, the first one first. */
export const makersOfRun = ({ maker, moves = [] }: { maker: string | null; moves?: readonly Move[] }): string[] => [
  ...new Set([...(maker === null ? [] : [maker]), ...moves.map(({ to }) => to)]),
];

/** Chance that a single forged segment would have been seen; null where none is claimed. */
const chanceOf = ({ claimed, chances }: Audit['detection']): number | null =>
  claimed ? (chances.find(({ forged }) => forged === 1)?.chance ?? null) : null;

/** The keys that made the runs of a chain: of a parent that the auditor did not bring the run itself has it. */
export const makersOf = (audit: Pick<Audit, 'run' | 'parent'>): Set<string | null> =>
  new Set(
    auditsOf(audit).flatMap(({ run, parent }) => [
      ...makersOfRun(run),
      ...(parent?.kind === 'run' ? parent.makers : []),
    ]),
  );

/** How far an audit reached. Of what the run was built on each link has its own standing. */
export const standingOf = (audit: Omit<Audit, 'extent'>, makers = makersOf(audit)): Standing => ({
  beginning: beginningOf(audit.parent, makers),
  verdict: audit.verdict,
  extent: extentOf(audit),
  data: audit.data.standing,
  share: audit.cost.share,
  chance: chanceOf(audit.detection),
  room: evenRoom(audit.room),
  figures: audit.figures,
  lodging: lodgingOf(audit, makers),
  makers: makersOfRun(audit.run),
});

function beginningOf(parent: Audit['parent'], makers: Set<string | null>): Beginning {
  if (!parent) return { kind: 'drawn' };
  if (parent.kind === 'model') return parent;
  const { seal, audit } = parent;
  return { kind: 'run', seal, name: audit?.run.name ?? null, standing: audit && standingOf(audit, makers) };
}

/** An audit and those of the runs that it was built on, in the order of the chain. */
export function auditsOf<Own extends Pick<Audit, 'parent'>>(audit: Own): [Own, ...Audit[]] {
  const audits: [Own, ...Audit[]] = [audit];
  for (let { parent } = audit; parent?.kind === 'run' && parent.audit; parent = parent.audit.parent)
    audits.push(parent.audit);
  return audits;
}

/** The runs of a chain for programs: what the audit found of each, the run itself first. */
export function linkFacts(audit: Audit) {
  const audits = auditsOf(audit);
  return linksOf(standingOf(audit)).map(({ standing: { beginning, verdict, ...found } }, i) => {
    const { name, seal, maker } = audits[i]!.run;
    return { name, seal, maker, begins: beginning.kind, ...found };
  });
}
