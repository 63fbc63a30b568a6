// Joins signed audits of different keys for one seal: which keys trained which segments again, and the resulting chance and room.
// Does not read the run; uses only signed parts of a report.

import { JikjiError, type Sentence } from '../base/index.ts';
import { endsOf, type Predicate, parseSignedAudit, type SignedAudit } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';
import type { Beginning } from './claims.ts';
import { sentenceOf } from './findings.ts';
import {
  ancestorsBy,
  beginningBy,
  digestOfBeginning,
  isChain,
  isChainContradicted,
  isOwnLink,
  isRefutation,
  isWhole,
  type JoinedFindings,
  linksIn,
  linksOf,
  parentBy,
  type Report,
  roomOfChain,
  standingBy,
  withParents,
} from './merged-links.ts';
import { type Draw, type Room, roomOf, unseenChance } from './room.ts';
import { candidatesOf, draw, segmentsOf } from './segments.ts';
import { EXCLUSIONS } from './sentences/merge.ts';
import type { LodgingStanding, Segment } from './types.ts';
import type { Origin, WitnessCheckName } from './witness/types.ts';

export interface MergedAudits {
  /**
   * `holds`: at least one report counts, and none refutes the run. `disputed`: a report refutes the run, or one that it was built on. `consistent`: only of a run that
   * another program trained, where the reports that count reproduced nothing to the bit.
   */
  verdict: 'holds' | 'consistent' | 'disputed' | 'incomplete';
  /** `all`: the reports that count cover every segment, and say the same of each run of the chain that they name; `none`: no segment. */
  extent: 'all' | 'sampled' | 'none';
  /**
   * Of a run that another program trained: what the reports that count say of S_0 at best, the steps in pairs, and whether one of them
   * (version 1) looked at these alone where nothing came out to the bit; and their limits at worst. Else null.
   */
  witness: ({ origin: Origin; paired: number; onlyPairs: boolean } & WitnessLimits) | null;
  /** Digest of the seal; null if no report could be read. */
  seal: string | null;
  /**
   * What the run began with: by the run itself where it was given, else by the reports that count, with what these found of the runs that it
   * was built on. Null where reports of version 1 alone, which do not state it, or reports that contradict each other say it.
   */
  beginning: Beginning | null;
  /** What the reports that count found of the run's texts, figure and lodging at best; null where only reports of version 1 count. */
  standing: JoinedFindings | null;
  /** Fingerprints of the keys whose reports count. */
  auditors: string[];
  /** Reports that do not count, and why; `ko`: the reason in Korean, absent where the error behind it has only English. */
  excluded: { file: string; reason: string; ko?: string }[];
  /** All segments, with the fingerprints of the keys that trained them again. */
  segments: (Segment & { by: string[] })[];
  steps: number;
  /** Steps that were trained again. */
  trained: number;
  /** Chance that one of the auditors would have drawn a single forged segment that is neither the first nor among the last. */
  chance: number | null;
  room: Room[] | null;
  /**
   * Of the runs that it was built on, as far as the reports followed them, the largest share of the way that a forger who is unseen with an even
   * chance can have forged: 0 where there are none or all was trained again, null where one is not known.
   */
  chainRoom: number | null;
}

/** What one report at least does not show. */
export interface WitnessLimits {
  /** Paired steps that an office drew. */
  drawnByOffice: number;
  /** The largest share of a paired step's gradient that counts as rounding; null where none was compared. */
  tolerance: number | null;
  /** Of segments that were judged by rounding: the most that it was of the weights' way; null where none was. */
  rounding: number | null;
  /** Null where no report says it, and the run was not given. */
  lodging: LodgingStanding | null;
}

/** The run that the reports are compared with. */
export interface KnownRun {
  /** Whether another program trained it. */
  witnessed: boolean;
  genesis: string;
  seal: string;
  maker: string | null;
  /** All keys that made it; undefined where only the first one is known. */
  makers?: readonly string[] | undefined;
  head: string;
  kept: readonly number[];
  /** Roots of the kept states, in order, if known. */
  roots?: readonly string[] | undefined;
  /** What it began with, as its genesis has it; undefined where that is not known. */
  beginning?: Beginning | undefined;
  /** Of the run that it was built on, as that one's genesis has it. */
  parent?: { makers: readonly string[]; beginning: Beginning } | undefined;
  /** Whether an office answered before its first step. */
  isLodged?: boolean | undefined;
  /** Nonces that offices drew for it, which no auditor draws; undefined where they are not known. */
  nonces?: readonly string[] | undefined;
}

/**
 * Joins signed audits, given by file name and text. Without `run`, only reports of the run that most of them name count, and if two of
 * them state different roots for a step, neither counts.
 */
export function mergeAudits(texts: readonly { file: string; text: string }[], run?: KnownRun): MergedAudits {
  const excluded: MergedAudits['excluded'] = [];
  const exclude = (file: string, { en, ko }: Sentence): void =>
    void excluded.push({ file, reason: en, ...(ko !== undefined && { ko }) });
  const read = texts.flatMap(({ file, text }): Report[] => {
    try {
      return [{ file, statement: parseSignedAudit(text, file) }];
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      exclude(file, EXCLUSIONS.unsigned(sentenceOf(error)));
      return [];
    }
  });
  const seal = run?.seal ?? mostCommon(read.map(({ statement }) => statement.subjects.get(SEAL)));
  const isOfSeal = ({ statement }: Report): boolean => statement.subjects.get(SEAL) === seal;
  const ofSeal = read.filter(isOfSeal);
  const plan = run
    ? ofSeal.map(({ statement }) => planOf(statement)).find((one) => one === planOfRun(run))
    : mostCommon(ofSeal.map(({ statement }) => planOf(statement)));
  const found = ofSeal.find(({ statement }) => planOf(statement) === plan)?.statement;
  const kept = run?.kept ?? (found ? endsOf(found) : []);
  const segments = kept.every((step, i) => step > (kept[i - 1] ?? 0)) ? segmentsOf(kept) : [];
  const sound = ofSeal.filter(({ file, statement }) => {
    const reason = exclusionReason(statement, { plan, segments, seal: seal ?? '', run });
    if (reason !== undefined) exclude(file, reason);
    return reason === undefined;
  });
  // Beside those who reproduced it to the bit, one who found it consistent adds nothing, and is not counted with them.
  const isReproduced = sound.some(({ statement }) => statement.predicate.verdict === 'holds');
  const alike = sound.filter(({ file, statement }) => {
    const isWeaker = isReproduced && statement.predicate.verdict === 'consistent';
    if (isWeaker) exclude(file, EXCLUSIONS.weaker);
    return !isWeaker;
  });
  const roots = new Map(run?.roots?.map((root, i) => [run.kept[i]!, root]));
  const counted = alike.filter((report) => {
    const wrong = report.statement.predicate.replayed.find(({ to, root }) => (roots.get(to) ?? root) !== root);
    if (wrong) exclude(report.file, EXCLUSIONS.otherState(wrong.to));
    if (run?.roots) return !wrong;
    const other = contradiction(report, alike);
    if (other) exclude(report.file, EXCLUSIONS.contradicts(other.step, other.file));
    return !other;
  });

  const by = new Map<number, Set<string>>();
  for (const { statement } of counted) {
    for (const { to } of statement.predicate.replayed) {
      const names = by.get(to) ?? new Set();
      by.set(to, names.add(statement.keyid));
    }
  }
  const open = segments.filter(({ to }) => !by.has(to)).map(({ index }) => index);
  const trained = segments.reduce((sum, { from, to }) => sum + (by.has(to) ? to - from : 0), 0);
  const drawn = drawOf(counted, { candidates: candidatesOf(segments), seal: seal ?? '', nonces: run?.nonces });
  const whole = segments.length > 0 && open.length === 0;
  const witness = witnessOf(counted, run?.witnessed ?? found?.kind === 'witness-audit', run);
  const beginning = run?.beginning ?? beginningBy(counted);
  const ancestors = ancestorsBy(seal, { counted, read, known: knownBeginnings(run) });
  const genesis = run?.genesis ?? found?.subjects.get(GENESIS);
  for (const { file, statement } of read.filter((report) => !isOfSeal(report)))
    exclude(file, reasonOfOther(statement, { ancestors, genesis }));
  const disputed =
    // What a run began with stands in its genesis: of reports that differ in that at least one is wrong.
    beginning === 'disputed' ||
    isChainContradicted(counted) ||
    read.some((report) =>
      isOfSeal(report)
        ? isRefutation(report.statement, run?.makers)
        : isRefutation(report.statement) && isOfOne(report.statement, ancestors),
    );
  const begun = beginning === 'disputed' ? null : beginning && withParents(beginning, counted);
  const all = whole && (begun === null || isWhole(begun));
  return {
    verdict: disputed ? 'disputed' : counted.length === 0 ? 'incomplete' : isReproduced ? 'holds' : 'consistent',
    extent: all ? 'all' : witness !== null && trained === 0 ? 'none' : 'sampled',
    witness,
    seal: seal ?? null,
    beginning: begun,
    standing: standingBy(linksIn(counted, seal)),
    auditors: [...new Set(counted.map(({ statement }) => statement.keyid))].sort(),
    excluded,
    segments: segments.map((segment) => ({ ...segment, by: [...(by.get(segment.to) ?? [])].sort() })),
    steps: segments.at(-1)?.to ?? 0,
    trained,
    chance: drawn ? 1 - unseenChance([drawn], 1) : null,
    room: roomOf(movementsOf(counted), open, drawn ? [drawn] : []) ?? null,
    chainRoom: begun === null ? 0 : roomOfChain(begun),
  };
}

const isOfOne = ({ subjects }: SignedAudit, seals: ReadonlySet<string>): boolean => seals.has(subjects.get(SEAL) ?? '');

/** Why an audit of another seal does not count. Its refutation may still dispute the run. */
function reasonOfOther(
  statement: SignedAudit,
  { ancestors, genesis }: { ancestors: ReadonlySet<string>; genesis: string | undefined },
): Sentence {
  if (genesis !== undefined && statement.subjects.get(GENESIS) === genesis) return EXCLUSIONS.fork;
  if (!isRefutation(statement)) return EXCLUSIONS.otherSeal;
  return isOfOne(statement, ancestors) ? EXCLUSIONS.refutesAncestor : EXCLUSIONS.refutesOther;
}

/** What the run shows of the runs of its chain: its own genesis, and that of its parent. */
function knownBeginnings({ seal, beginning, parent }: Partial<KnownRun> = {}): Map<string, Beginning> {
  const known = new Map<string, Beginning>();
  if (seal !== undefined && beginning) known.set(seal, beginning);
  if (beginning?.kind === 'run' && parent) known.set(beginning.seal, parent.beginning);
  return known;
}

/** What all audits of one run state alike. */
const planOf = (signed: SignedAudit): string => {
  const { kind, predicate, subjects } = signed;
  const witnessed = kind === 'witness-audit';
  return JSON.stringify([witnessed, subjects.get(GENESIS), predicate.maker, predicate.head, endsOf(signed)]);
};

const planOfRun = ({ witnessed, genesis, maker, head, kept }: KnownRun): string =>
  JSON.stringify([witnessed, genesis, maker, head, kept]);

/**
 * Checks that must hold in a report; the others need what not every auditor has: a register, the parent. A check that is new does not join them:
 * reports that were signed before it still count.
 */
const REQUIRED = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'probe', 'replay', 'figures'] as const;
const REQUIRED_OF_WITNESS = {
  holds: ['structure', 'pairs', 'schedule', 'origin', 'replay'],
  consistent: ['structure', 'pairs', 'schedule', 'origin', 'segments'],
  /** Of version 1, which looked at pairs alone. */
  consistentPairs: ['structure', 'pairs', 'schedule', 'optimizer', 'gradient'],
} as const satisfies Record<string, readonly WitnessCheckName[]>;

/** The checks that a report must have; undefined where its verdict counts for nothing. */
function requiredOf({ kind, predicate }: SignedAudit): readonly string[] | undefined {
  const { verdict, checks } = predicate;
  if (checks.some((check) => check.verdict !== 'holds')) return undefined;
  if (verdict === 'holds') return kind === 'audit' ? REQUIRED : REQUIRED_OF_WITNESS.holds;
  if (verdict !== 'consistent') return undefined;
  return REQUIRED_OF_WITNESS[predicate.formatVersion === 1 ? 'consistentPairs' : 'consistent'];
}

interface Comparison {
  plan: string | undefined;
  segments: readonly Segment[];
  seal: string;
  run: KnownRun | undefined;
}

/** Why a report does not count, without a look at the other reports; undefined if it counts. */
function exclusionReason(statement: SignedAudit, { plan, segments, seal, run }: Comparison): Sentence | undefined {
  const { maker, verdict, replayed, draw: drawn, checks } = statement.predicate;
  const links = linksOf(statement);
  if (statement.keyid === maker) return EXCLUSIONS.byMaker;
  // In version 2 the extent is that of the weakest link, and an auditor may have made what the run was built on.
  const weakest = links && links.length > 1 ? null : statement.predicate.extent;
  if (weakest === 'self' || links?.[0]?.extent === 'self') return EXCLUSIONS.selfAudit;
  if (planOf(statement) !== plan) return EXCLUSIONS.otherRun;
  const makers = run?.makers ?? links?.[0]?.makers ?? [];
  if (makers.includes(statement.keyid)) return EXCLUSIONS.byMaker;
  const required = requiredOf(statement);
  if (!required) return EXCLUSIONS[verdict];
  const missing = required.find((name) => !checks.some((check) => check.name === name));
  if (missing) return EXCLUSIONS.noCheck(missing);
  if (segments.length === 0) return EXCLUSIONS.noSegments;
  if (run?.beginning && parentBy(statement) !== digestOfBeginning(run.beginning)) return EXCLUSIONS.otherParent;
  const isFollowed = checks.some(({ name }) => name === 'parent');
  if (links && !(isOwnLink(links[0], statement, seal) && (links.length === 1 || isFollowed) && isChain(links)))
    return EXCLUSIONS.otherLinks;
  const { parent: known } = run ?? {};
  if (run?.makers && links?.[0] && !isSameSet(links[0].makers, run.makers)) return EXCLUSIONS.otherMakers;
  if (known && links?.[1] && !isSameSet(links[1].makers, known.makers)) return EXCLUSIONS.otherParentMaker;
  if (known && links?.[1] && links[1].parent !== digestOfBeginning(known.beginning)) return EXCLUSIONS.otherLinks;
  if (run?.isLodged === false && links?.[0] && links[0].lodging !== 'none') return EXCLUSIONS.otherLodging;
  if (statement.kind === 'witness-audit') {
    const { origin } = statement.predicate;
    if (verdict === 'holds' && origin !== 'same') return EXCLUSIONS.noOrigin;
    if (verdict === 'consistent' && !tellsSomething(statement.predicate)) return EXCLUSIONS.noGradient;
  }
  if (verdict === 'holds' && replayed.length === 0) return EXCLUSIONS.nothingAgain;
  if (
    movementsIn(statement).some(
      (one) => one.segments.length !== segments.length || [...one.segments, one.distance].some((x) => x < 0),
    )
  )
    return EXCLUSIONS.movements;
  const ends = new Map(segments.map((segment) => [segment.to, segment.index]));
  const done = new Set(replayed.map(({ to }) => ends.get(to)));
  if (done.has(undefined) || done.size !== replayed.length) return EXCLUSIONS.otherSegments;
  if (drawn) {
    const candidates = candidatesOf(segments);
    // The numbers are compared first: a large draw takes long.
    if (drawn.candidates !== candidates.length || drawn.drawn > done.size) return EXCLUSIONS.notDrawn;
    const must = draw(candidates, drawn.drawn, drawn.challenge, seal);
    if (must.length !== drawn.drawn || !must.every((index) => done.has(index))) return EXCLUSIONS.notDrawn;
  }
  return undefined;
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((key) => b.includes(key)) && b.every((key) => a.includes(key));

/** Whether a report without a segment that came out to the bit names what it rests on. */
const tellsSomething = (predicate: Predicate<'witness-audit'>): boolean =>
  predicate.formatVersion === 1
    ? predicate.gradients !== null && predicate.gradients.steps > predicate.gradients.blind
    : predicate.segments !== null &&
      predicate.segments.steps >= (predicate.links[0]?.steps ?? Number.POSITIVE_INFINITY);

/** Another report that states another root for a segment of this report. */
function contradiction(report: Report, all: readonly Report[]): { file: string; step: number } | undefined {
  const roots = new Map(report.statement.predicate.replayed.map(({ to, root }) => [to, root]));
  for (const other of all) {
    for (const { to, root } of other.statement.predicate.replayed) {
      if (roots.has(to) && roots.get(to) !== root) return { file: other.file, step: to };
    }
  }
  return undefined;
}

/**
 * The segments that the challenges of the reports drew, as one draw of that size: the union of independent draws is as random as one
 * draw, and a party that tries many challenges until they draw what it has trained anyway gains nothing.
 */
function drawOf(
  reports: readonly Report[],
  { candidates, seal, nonces }: { candidates: readonly number[]; seal: string; nonces: readonly string[] | undefined },
): Draw | undefined {
  const drawn = new Set<number>();
  for (const { statement } of reports) {
    const { draw: one } = statement.predicate;
    if (one && counts(statement, nonces))
      for (const index of draw(candidates, one.drawn, one.challenge, seal)) drawn.add(index);
  }
  return drawn.size > 0 ? { candidates: candidates.length, drawn: drawn.size } : undefined;
}

/**
 * Whether a chance is claimed for a draw: an office's nonce counts only where the auditor says that its register has it first. A report of
 * version 1 does not say who drew: there the nonces must be known.
 */
function counts({ kind, predicate: { draw: one } }: SignedAudit, nonces: readonly string[] | undefined): boolean {
  if (!one || ('from' in one && one.from === 'office')) return one !== null;
  // The audit of another program's run never takes an office's nonce.
  return nonces ? !nonces.includes(one.challenge) : 'from' in one || kind === 'witness-audit';
}

const ORIGINS: readonly Origin[] = ['same', 'consistent', 'not-shown'];

const LODGINGS: readonly LodgingStanding[] = ['none', 'own', 'office', 'register'];

function witnessOf(counted: readonly Report[], witnessed: boolean, run: KnownRun | undefined): MergedAudits['witness'] {
  if (!witnessed) return null;
  const of = counted.flatMap(({ statement }) => (statement.kind === 'witness-audit' ? [statement.predicate] : []));
  const origin = ORIGINS.find((one) => of.some((predicate) => predicate.origin === one)) ?? 'not-shown';
  const lodgings = linksIn(counted, run?.seal ?? counted[0]?.statement.subjects.get(SEAL)).map((link) => link.lodging);
  if (run?.isLodged === false) lodgings.push('none');
  const most = (values: readonly number[]): number | null => (values.length > 0 ? Math.max(...values) : null);
  // A pair is whole only where the auditor has both states.
  const least = (values: readonly number[]): number => (values.length > 0 ? Math.min(...values) : 0);
  return {
    origin,
    paired: least(of.map(({ pairs }) => pairs.steps)),
    onlyPairs: of.some(({ formatVersion }) => formatVersion === 1),
    drawnByOffice: least(of.map(({ pairs }) => pairs.drawnByOffice)),
    tolerance: most(of.flatMap(({ gradients }) => (gradients ? [gradients.tolerance] : []))),
    rounding: most(of.flatMap((one) => ('segments' in one && one.segments ? [one.segments.rounding] : []))),
    lodging: LODGINGS.find((one) => lodgings.includes(one)) ?? null,
  };
}

const movementsIn = (signed: SignedAudit) => (signed.kind === 'audit' ? signed.predicate.movements : []);

/** The movements, if all reports that have them agree: they follow from the states alone. */
function movementsOf(reports: readonly Report[]) {
  const lists = reports.map(({ statement }) => movementsIn(statement)).filter((list) => list.length > 0);
  const [first] = lists;
  if (!first || lists.some((list) => JSON.stringify(list) !== JSON.stringify(first))) return [];
  return first;
}

function mostCommon(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
