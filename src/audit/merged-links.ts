// What signed audits say of each run of a chain, and of several audits what counts: the links of a merge. Reads no file.

import { type AuditedLink, digestOfParent, endsOf, type SignedAudit } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { chanceOfDetection } from './chance.ts';
import { type Beginning, compareReach, type Standing } from './claims.ts';
import { evenRoom, type Room } from './room.ts';
import { PARENT } from './signed-audit.ts';
import type { DataStanding, FigureStanding, LodgingStanding } from './types.ts';

/** A signed audit that was read. */
export interface Report {
  file: string;
  statement: SignedAudit;
}

/** What the reports that count found of a run's texts, figure and lodging at best. */
export interface JoinedFindings {
  data: DataStanding;
  figures: FigureStanding;
  lodging: LodgingStanding;
}

/** Runs of a chain that a report names at most. */
const MAX_LINKS = 100;

/** Of a run that another program trained, nothing may have come out to the bit. */
type Link = Omit<AuditedLink, 'extent'> & { extent: AuditedLink['extent'] | 'none' };

/** What a report says of each run of the chain; undefined in one of version 1. */
export const linksOf = ({ predicate }: SignedAudit): Link[] | undefined =>
  predicate.formatVersion === 2 ? predicate.links : undefined;

/** Whether the first link of a report is the run that it names. */
export const isOwnLink = (link: Link | undefined, report: SignedAudit, seal: string): boolean =>
  link?.seal === seal &&
  link.makers.includes(report.predicate.maker) &&
  link.parent === parentBy(report) &&
  link.steps === endsOf(report).at(-1);

/** Whether each link is what the one before it began with, and states figures that can be of one run. */
export function isChain(links: readonly Link[]): boolean {
  const seals = new Set(links.map(({ seal }) => seal));
  const end = links.at(-1)!;
  return (
    seals.size === links.length &&
    !(end.begins === 'run' && seals.has(end.parent!)) &&
    links.every(
      ({ seal, makers, begins, parent, extent, steps, trained, draw: drawn }, i) =>
        makers.length > 0 &&
        (begins === 'drawn') === (parent === null) &&
        (i === 0 || (links[i - 1]!.begins === 'run' && links[i - 1]!.parent === seal)) &&
        trained <= steps &&
        (extent !== 'all' || trained === steps) &&
        (drawn === null || (drawn.drawn <= Math.min(drawn.candidates, trained) && drawn.candidates <= steps)),
    )
  );
}

/** Whether reports contradict each other on what a run of the chain began with, or on who made it. */
export function isChainContradicted(counted: readonly Report[]): boolean {
  const began = new Map<string, string>();
  return counted
    .flatMap(({ statement }) => linksOf(statement) ?? [])
    .some(({ seal, begins, parent, makers }) => {
      const said = `${begins} ${parent} ${[...new Set(makers)].sort().join()}`;
      const other = began.get(seal) ?? said;
      began.set(seal, other);
      return other !== said;
    });
}

/** Whether a report refutes its run; that run's own makers cannot. `makers`: those that are known of it, beside those that the report names. */
export const isRefutation = (report: SignedAudit, makers: readonly string[] = []): boolean =>
  report.predicate.verdict === 'refuted' &&
  ![report.predicate.maker, ...(linksOf(report)?.[0]?.makers ?? []), ...makers].includes(report.keyid);

/** The runs of which a report says what they began with, and that. */
const beginningsBy = (report: SignedAudit): [run: string | undefined, parent: string | null][] => [
  [report.subjects.get(SEAL), parentBy(report)],
  ...(linksOf(report) ?? []).map(({ seal, parent }): [string, string | null] => [seal, parent]),
];

/**
 * The seals of all that a run was built on: of the run itself as reports that count say it, of the others as any report does, since one on a
 * parent is of another seal and does not count. `known`: what is known of some of them from the run, and not asked of reports.
 */
export function ancestorsBy(
  seal: string | undefined,
  { counted, read, known }: { counted: readonly Report[]; read: readonly Report[]; known: Map<string, Beginning> },
): ReadonlySet<string> {
  const parents = new Map<string | undefined, string[]>();
  const add = (run: string | undefined, parent: string | null): void => {
    if (parent !== null) parents.set(run, [...(parents.get(run) ?? []), parent]);
  };
  for (const [run, beginning] of known) add(run, digestOfBeginning(beginning));
  const counting = new Set(counted);
  for (const report of read)
    for (const [run, parent] of beginningsBy(report.statement))
      if (!known.has(run ?? '') && (run !== seal || counting.has(report))) add(run, parent);
  const found = new Set<string>();
  const open = [seal];
  for (const run of open)
    for (const parent of parents.get(run) ?? [])
      if (!found.has(parent)) {
        found.add(parent);
        open.push(parent);
      }
  return found;
}

export const parentBy = ({ subjects }: SignedAudit): string | null => subjects.get(PARENT) ?? null;

export const digestOfBeginning = (beginning: Beginning): string | null =>
  beginning.kind === 'drawn' ? null : digestOfParent(beginning);

/** What the reports say that the run began with. Those of version 1 say it only where it is a parent, and not which kind. */
export function beginningBy(counted: readonly Report[]): Beginning | 'disputed' | null {
  const parents = new Set(counted.map(({ statement }) => parentBy(statement)));
  if (parents.size > 1) return 'disputed';
  const [own] = counted.flatMap(({ statement }) => linksOf(statement)?.[0] ?? []);
  return own ? beginningOf(own) : null;
}

/** As a link states it: the files of a model are not named there. */
function beginningOf({ begins, parent }: Link): Beginning {
  if (begins === 'drawn' || parent === null) return { kind: 'drawn' };
  return begins === 'model'
    ? { kind: 'model', files: [], compared: false }
    : { kind: 'run', seal: parent, name: null, standing: null };
}

/** What the reports say of the run with this seal. The word of its own maker, whom any report may name, or from where his key lies, is worth nothing. */
export function linksIn(counted: readonly Report[], seal: string | undefined): Link[] {
  const all = counted.flatMap(({ statement }) =>
    (linksOf(statement) ?? []).filter((link) => link.seal === seal).map((link) => ({ link, by: statement.keyid })),
  );
  const makers = new Set(all.flatMap(({ link }) => link.makers));
  const sound = all.filter(({ link, by }) => link.extent !== 'self' && !link.makers.includes(by));
  const trusted = sound.filter(({ by }) => !makers.has(by));
  // Naming somebody a maker must not make his finding, which may be the weaker one, disappear.
  return (trusted.length > 0 ? trusted : sound).map(({ link }) => link);
}

/** What is said of a run by those who looked at it most closely; null where nobody did. */
export function standingBy(links: readonly Link[]): JoinedFindings | null {
  if (links.length === 0) return null;
  const best = <T>(order: readonly T[], of: (link: Link) => T): T =>
    order[Math.max(...links.map((link) => order.indexOf(of(link))))]!;
  return {
    data: best(['maker', 'texts', 'sources'] as const, ({ data }) => data),
    figures: best(['maker', 'none', 'computed'] as const, ({ figures }) => figures),
    lodging: best(['none', 'own', 'office', 'register'] as const, ({ lodging }) => lodging),
  };
}

/** The beginning with what the reports say of the runs of the chain: of each the report that trained most of it again. */
export function withParents(beginning: Beginning, counted: readonly Report[], depth = 0): Beginning {
  if (beginning.kind !== 'run' || depth > MAX_LINKS) return beginning;
  const links = linksIn(counted, beginning.seal);
  if (links.length === 0) return beginning;
  const standings = links.map((link): Standing => {
    const { extent, steps, trained, draw: drawn, room } = link;
    return {
      beginning: beginningOf(link),
      verdict: 'holds',
      extent: extent === 'none' ? 'sampled' : extent,
      ...standingBy(links)!,
      share: Math.min(1, trained / steps),
      chance: drawn && chanceOfDetection(drawn.candidates, 1, drawn.drawn),
      room,
    };
  });
  const standing = standings.reduce((best, one) => (compareReach(one, best) > 0 ? one : best));
  return { ...beginning, standing: { ...standing, beginning: withParents(standing.beginning, counted, depth + 1) } };
}

/** A room, and the chance of the draw that it is of: null where none is claimed. */
interface OpenRoom {
  /** A share of the way that the weights went; null if not known. */
  room: number | null;
  chance: number | null;
}

/** The largest room of the run and of those that it was built on, with the chance of its own link: what a sentence may say of them all. */
export function weakestRoom({
  room,
  chainRoom,
  chance,
  beginning,
}: {
  room: Room[] | null;
  chainRoom: number | null;
  chance: number | null;
  beginning: Beginning | null;
}): OpenRoom {
  const own = evenRoom(room);
  if (own === null || chainRoom === null) return { room: null, chance };
  if (own >= chainRoom || beginning === null) return { room: own, chance };
  return { room: chainRoom, chance: chanceOfRoom(beginning, chainRoom) };
}

/** The chance of the link of a chain whose room this is. */
function chanceOfRoom(beginning: Beginning, room: number): number | null {
  if (beginning.kind !== 'run' || beginning.standing === null) return null;
  const { room: own, chance, beginning: before } = beginning.standing;
  return own === room ? chance : chanceOfRoom(before, room);
}

export function roomOfChain(beginning: Beginning): number | null {
  if (beginning.kind !== 'run' || beginning.standing === null) return 0;
  const { extent, room = null, beginning: before } = beginning.standing;
  const rest = roomOfChain(before);
  const own = extent === 'all' ? 0 : room;
  return own === null || rest === null ? null : Math.max(own, rest);
}

/** Whether every step was trained again of each run of the chain that somebody looked at. */
export const isWhole = (beginning: Beginning): boolean =>
  beginning.kind !== 'run' ||
  beginning.standing === null ||
  (beginning.standing.extent === 'all' && isWhole(beginning.standing.beginning));
