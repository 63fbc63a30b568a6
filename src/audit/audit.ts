// A whole audit: runs the checks in order, chooses what is replayed, and forms the verdict. Knows no output.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { JikjiError } from '../base/index.ts';
import type { EngineOptions } from '../engine/index.ts';
import { defaultMicroBatchSize } from '../foundry/recipe/index.ts';
import { Trainer } from '../foundry/train/index.ts';
import { makersBy, type Register } from '../ledger/index.ts';
import { type Brought, checkChain, findParents } from './chain.ts';
import { challengeFor, detectionOf, noncesIn, noncesOf } from './challenge.ts';
import { weakestOf } from './claims.ts';
import { type AuditCall, type AuditContext, contextOf, registerFacts, withContext } from './context.ts';
import { checkData } from './data/index.ts';
import { checkFigures } from './figures.ts';
import { addNote, worst } from './findings.ts';
import { evidenceError, RunFolder } from './folder.ts';
import { checkMotion } from './motion-check.ts';
import { checkOrigin } from './origin.ts';
import { checkPolicy } from './policy.ts';
import { checkProbes } from './probe.ts';
import { checkRegister, isListed, isLodgedWith, unknownWithoutRegister } from './register-check.ts';
import { checkReplay, type ReplayResult } from './replay.ts';
import { type GroupMovement, type Room, roomOf } from './room.ts';
import { outlineRun } from './run-outline.ts';
import { checkSchedule } from './schedule.ts';
import { chooseSegments, type Ranking, segmentsOf } from './segments.ts';
import { DRAW } from './sentences/draw.ts';
import { REGISTER } from './sentences/register.ts';
import { REPLAY } from './sentences/training.ts';
import { standingOf } from './standing.ts';
import type { RunStatements } from './statements.ts';
import { checkStructure, type Evidence } from './structure.ts';
import type { Audit, Check, CheckName, Detection, ReplayedSegment } from './types.ts';

export interface AuditOptions extends AuditCall<CheckName> {
  /** Compute the validation figure even if that is expensive. */
  validation?: boolean | undefined;
  /** Fingerprints of keys that makers of what the run was built on may have. */
  parentMakers?: readonly string[] | undefined;
  /** A folder with the sources of the corpus: files as the recipe names them, tarballs as `npm pack` does. */
  sources?: string | undefined;
  /** Runs and models that this one may be built on: those that are its parent, or the parent's parent, are checked too. */
  parents?: readonly string[] | undefined;
  /** Fetch pinned npm tarballs that are missing in `sources`. */
  fetch?: boolean | undefined;
  threads: number;
  /** For tests: the tile that the replay uses. */
  engine?: EngineOptions | undefined;
}

const isHex = (text: string | undefined): boolean => text === undefined || /^[0-9a-f]{64}$/.test(text);

function checkOptions({ folder, challenge, maker, office, parentMakers = [] }: AuditOptions): void {
  for (const [name, value] of [
    ['challenge', challenge],
    ['maker', maker],
    ['office', office],
    ...parentMakers.map((fingerprint) => ['parent-maker', fingerprint] as const),
  ] as const) {
    if (!isHex(value)) {
      throw new JikjiError('usage', `--${name} takes 64 hex digits`, value!, 'copy it whole, in lower case');
    }
  }
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (cause) {
    throw new JikjiError('run-missing', 'there is no such run', folder, 'see what was made here: jikji runs', {
      cause,
    });
  }
  if (!isFolder || !new RunFolder(folder).hasEvidence()) {
    const hint = 'name a folder that jikji make wrote, or a bundle of one';
    throw new JikjiError('not-a-run', 'is not a run folder', folder, hint);
  }
}

/**
 * Audits a run. Faults of the run become findings in the result; faults of the call are thrown.
 * @throws JikjiError `usage`, `run-missing`, `not-a-run`, `interrupted`
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  checkOptions(options);
  const brought = findParents(options.folder, options.parents ?? []);
  const nonces = [...brought.runs.values()].flatMap(noncesIn);
  return withContext(options, (context) =>
    runChecks(options, context, { brought, register: context.register, depth: 0, nonces, makers: [] }),
  );
}

/** What is the same for a run and for what it was built on, and where in the chain an audit is. */
interface Chained {
  brought: Brought;
  register: Register | undefined;
  /** Links from the run that was asked for. */
  depth: number;
  /** Of the offices' answers to the runs that were brought, and to those before it. */
  nonces: readonly string[];
  /** Who made the runs before it. */
  makers: readonly string[];
}

/** The context of what a run was built on: its makers have other keys. */
function contextOfParent(
  folder: string,
  { signal, of }: AuditContext,
  options: AuditOptions,
  { register }: Chained,
): AuditContext {
  const parent = new RunFolder(resolve(folder));
  // It may have been lodged with another office, whose register the auditor does not have.
  const isOfOffice = isListed(register, parent) || isLodgedWith(register, parent);
  return contextOf(
    { ...options, folder, segments: undefined },
    {
      ...{ signal, of, expectations: { makers: options.parentMakers, office: undefined } },
      register: isOfOffice ? register : undefined,
    },
  );
}

/** What is known on the way to what a run was built on. */
const nextOf = (chained: Chained, statements: RunStatements | undefined): Chained => ({
  ...chained,
  depth: chained.depth + 1,
  nonces: [...chained.nonces, ...noncesOf(statements)],
  makers: [...chained.makers, ...(statements ? makersBy(statements.genesis, statements.chain) : [])],
});

async function runChecks(options: AuditOptions, context: AuditContext, chained: Chained): Promise<Audit> {
  const { folder, register, expectations } = context;
  const { check: structure, evidence } = await checkStructure(folder, expectations, context.of('structure'));
  const { statements } = evidence;
  const segments = segmentsOf(evidence.kept);
  let trainer: Trainer | undefined;
  const getTrainer = (): Trainer => {
    trainer ??= openTrainer(evidence, options);
    return trainer;
  };
  try {
    const schedule = await checkSchedule(evidence, context.of('schedule'));
    const policy = checkPolicy(evidence);
    const motion = await checkMotion(evidence, segments, getTrainer, context.of('motion'));
    const challenge = challengeFor(statements, {
      auditorsChallenge: context.challenge,
      office: expectations.office ?? register?.office,
      register,
      others: chained.nonces,
      makers: chained.makers,
    });
    const seal = statements?.seal?.digest;
    const requested = context.requestOf(segments.length);
    const choose = (rankings: readonly Ranking[]) =>
      chooseSegments(segments, rankings, requested, { challenge: challenge.value, seal });
    // The probe's ranking comes last and only adds segments: those chosen without it stay chosen.
    const replayedIndices = new Set(choose(motion.rankings).chosen.map(({ segment }) => segment.index));
    const probes = { segments, replayedIndices, challenge: challenge.value, seal };
    const probe = await checkProbes(evidence, probes, getTrainer, context.of('probe'));
    const choice = choose([...motion.rankings, probe.ranking]);
    const chosen = choice.chosen.map(({ segment }) => segment);
    const input = { trainer: getTrainer, segments: chosen, challenge: challenge.value, seal: seal ?? '' };
    const origin = await checkOrigin(evidence, input, context.of('origin'));
    const sources = { folder: options.sources, fetch: options.fetch, isOfParent: chained.depth > 0 };
    const data = await checkData(evidence, sources, context.of('data'));
    const replayed = await checkReplay(evidence, choice.chosen, getTrainer, context.of('replay'));
    // Whoever trains every step again pays little more for the figure.
    const isFigureForced = options.validation === true || options.replay === 'all';
    const figures = await checkFigures(evidence, isFigureForced, getTrainer, context.of('figures'));

    const ofSteps = [policy, motion.check, probe.check, replayed.check];
    const checks = [structure, schedule, origin, data.check, ...ofSteps, figures.check];
    // A draw detects nothing if its segments could not be replayed.
    const undone = replayed.check.verdict === 'incomplete' ? DRAW.notReplayed : undefined;
    const detection = detectionOf(challenge, { seal, choice, segments: segments.length, undone });
    const chain = await checkChain(evidence, chained, (parent) =>
      runChecks(options, contextOfParent(parent, context, options, chained), nextOf(chained, statements)),
    );
    if (chain.check) checks.push(chain.check);
    if (register) checks.push(await checkRegister(evidence, register, options.register?.head, context.of('register')));
    else if (statements) noteUnlisted(structure, statements, chained.register);
    const seconds = context.seconds();
    const result = {
      verdict: worst(checks.map((check) => check.verdict)),
      checks,
      data: data.data,
      replayed: replayed.replayed,
      detection,
      room: roomLeft(motion.movements, replayed.replayed, detection) ?? null,
      movements: motion.movements,
      bound: motion.bound,
      figures: figures.standing,
      parent: chain.parent,
      register: registerFacts(register),
      cost: costOf(statements?.genesis.predicate.commitment.steps ?? 0, replayed, seconds),
      seconds,
      run: outlineRun(evidence, segments),
    };
    // A chain reaches as far as its weakest link that was audited.
    return { ...result, extent: weakestOf(standingOf(result)).extent };
  } finally {
    trainer?.close();
  }
}

/** Notes what is not shown of a lodged run without a register that lists it; `register` is one that does not. */
function noteUnlisted(structure: Check, statements: RunStatements, register: Register | undefined): void {
  const unknown = unknownWithoutRegister(statements);
  if (unknown) addNote(structure, register ? REGISTER.notListed : unknown);
}

/** `seconds` is the duration of the audit, `total` the number of steps of the run. */
function costOf(total: number, replayed: ReplayResult, seconds: number): Audit['cost'] {
  return {
    steps: total,
    replayedSteps: replayed.steps,
    share: total > 0 ? replayed.steps / total : 0,
    replaySeconds: replayed.seconds,
    ofTraining: replayed.steps > 0 ? seconds / ((total * replayed.seconds) / replayed.steps) : null,
  };
}

/** How much a forger can have forged unseen. Undefined if a segment came out different: that proves a forgery. */
function roomLeft(
  movements: readonly GroupMovement[],
  replayed: readonly ReplayedSegment[],
  { claimed, segments, candidates, drawn }: Detection,
): Room[] | undefined {
  if (replayed.some(({ verdict }) => verdict === 'refuted')) return undefined;
  const verified = new Set(replayed.filter(({ verdict }) => verdict === 'holds').map(({ index }) => index));
  const open = Array.from({ length: segments }, (_, i) => i).filter((index) => !verified.has(index));
  return roomOf(movements, open, claimed ? [{ candidates, drawn }] : []);
}

/**
 * The auditor's trainer. The size of the micro-batch changes no bit, so the auditor chooses it. Memory is allocated only if a whole
 * state of the model exists: a few lines in a recipe cannot make an auditor allocate gigabytes.
 * @throws JikjiError `state-missing`
 */
function openTrainer({ recipe, config, states, kept }: Evidence, { threads, engine }: AuditOptions): Trainer {
  if (!recipe || !config || !kept.some((step) => states.get(step) === 'whole')) {
    const step = String(kept[0] ?? 0);
    throw evidenceError('state-missing', step, REPLAY.noState, REPLAY.addStates);
  }
  const { batchSize, sequenceLength, gradientGroups } = recipe.train;
  const microBatchSize = defaultMicroBatchSize(batchSize, sequenceLength, gradientGroups);
  return new Trainer(config, { ...recipe.train, microBatchSize }, { ...engine, threads });
}
