// An audit from beginning to end: the checks in their order, what is replayed, the verdict. Draws nothing on any screen.

import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../base/index.ts';
import type { EngineOptions } from '../engine/index.ts';
import { defaultMicroBatchSize } from '../foundry/recipe/index.ts';
import { Trainer } from '../foundry/train/index.ts';
import { challengeFor } from './challenge.ts';
import { chanceTable } from './chance.ts';
import { worst } from './findings.ts';
import { RunFolder } from './folder.ts';
import { checkMotion } from './motion-check.ts';
import { checkOrigin } from './origin.ts';
import { checkPolicy } from './policy.ts';
import { checkRegister, type GivenRegister, readRegister, unknownWithoutRegister } from './register-check.ts';
import { checkReplay } from './replay.ts';
import { checkSchedule } from './schedule.ts';
import { chooseSegments, segmentsOf } from './segments.ts';
import { GENESIS, SEAL } from './statements.ts';
import { type Context, checkStructure, type Evidence, parametersOf } from './structure.ts';
import { TRANSCRIPT } from './transcript.ts';
import type { Audit, AuditProgress, CheckName, CurvePoint } from './types.ts';

export interface AuditOptions {
  /** The run folder. */
  folder: string;
  /** How many segments are drawn at random for replay, or all of them. */
  replay?: number | 'all' | undefined;
  /** 64 hex digits, drawn after the seal was made. */
  challenge?: string | undefined;
  /** Fingerprints of keys that the auditor knows from elsewhere. */
  maker?: string | undefined;
  office?: string | undefined;
  /** The office's register, from where the auditor trusts it: its office is the one that he knows. */
  register?: GivenRegister | undefined;
  threads: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AuditProgress) => void) | undefined;
  /** For tests: which tile to replay on. */
  engine?: EngineOptions | undefined;
}

/** Points of the curve that are handed on. */
const MOST_POINTS = 200_000;
/** Milliseconds between two signs of life. */
const TURN_MS = 50;

const isHex = (text: string | undefined): boolean => text === undefined || /^[0-9a-f]{64}$/.test(text);

function checkOptions({ folder, challenge, maker, office }: AuditOptions): void {
  for (const [name, value] of [
    ['challenge', challenge],
    ['maker', maker],
    ['office', office],
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
  const there = new RunFolder(folder);
  if (!isFolder || ![GENESIS, SEAL, TRANSCRIPT].some((name) => has(there, name))) {
    throw new JikjiError(
      'not-a-run',
      'is no run folder',
      folder,
      'name a folder that jikji make wrote, or a bundle of one',
    );
  }
}

/** Whether something stands there, whatever it is. */
function has(folder: RunFolder, name: string): boolean {
  try {
    return folder.has(name);
  } catch {
    return true;
  }
}

/**
 * Audits a run. What is wrong with the run is in the result; what is thrown is wrong with the call.
 * @throws JikjiError `usage`, `run-missing`, `not-a-run`, `interrupted`
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  checkOptions(options);
  const signal = options.signal ?? new AbortController().signal;
  try {
    return await audited(options, signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new JikjiError(
      'interrupted',
      'the audit was stopped',
      options.folder,
      'begin it anew: an audit leaves nothing behind',
    );
  }
}

async function audited(options: AuditOptions, signal: AbortSignal): Promise<Audit> {
  const started = performance.now();
  const { replay, challenge: given, maker, threads } = options;
  const folder = new RunFolder(resolve(options.folder));
  const context = (check: CheckName): Context => {
    let told = Number.NEGATIVE_INFINITY;
    return {
      signal,
      tell: async (detail, fraction) => {
        if (performance.now() - told < TURN_MS) return;
        options.onProgress?.({ check, detail, fraction: Math.min(1, fraction) });
        await setImmediate();
        signal.throwIfAborted();
        told = performance.now();
      },
    };
  };

  const register = options.register && (await readRegister(options.register, options.office, context('register').tell));
  const office = options.office ?? register?.office;
  const { check: structure, evidence } = await checkStructure(folder, { maker, office }, context('structure'));
  const { signed, recipe, steps } = evidence;
  const segments = segmentsOf(evidence.kept);
  let trainer: Trainer | undefined;
  const getTrainer = (): Trainer => {
    trainer ??= openTrainer(evidence, threads, options.engine);
    return trainer;
  };
  try {
    const schedule = await checkSchedule(evidence, context('schedule'));
    const policy = checkPolicy(evidence, segments);
    const motion = await checkMotion(evidence, segments, getTrainer, context('motion'));
    const challenge = challengeFor(signed, given, office, register);
    const seal = signed?.seal?.digest;
    const choice = chooseSegments(segments, motion.strangeness, replay, challenge.value, seal);
    const chosen = choice.chosen.map(({ segment }) => segment);
    const input = { trainer: getTrainer, segments: chosen, challenge: challenge.value, seal: seal ?? '' };
    const origin = await checkOrigin(evidence, input, context('origin'));
    const replayed = await checkReplay(evidence, choice.chosen, getTrainer, context('replay'));

    const checks = [structure, schedule, origin, policy, motion.check, replayed.check];
    const unknown = register || !signed ? undefined : unknownWithoutRegister(signed);
    if (register) checks.push(await checkRegister(evidence, register, options.register?.head, context('register')));
    else if (unknown) structure.notes.push(unknown);
    const total = signed?.genesis.predicate.commitment.steps ?? 0;
    const done = replayed.replayed.length > 0 && replayed.check.verdict !== 'incomplete';
    const whole = evidence.kept.every((step) => evidence.states.get(step) === 'whole');
    return {
      verdict: worst(checks.map((check) => check.verdict)),
      checks,
      replayed: replayed.replayed,
      detection: {
        // A draw whose segments could not be replayed has detected nothing.
        ...claim(challenge, seal, choice.drawn, whole, done),
        challenge: challenge.value,
        segments: segments.length,
        candidates: choice.candidates,
        drawn: choice.drawn,
        chances: chanceTable(choice.candidates, choice.drawn),
      },
      register: register ? { office: register.office, entries: register.entries.length, head: register.head } : null,
      cost: {
        steps: total,
        replayedSteps: replayed.steps,
        share: total > 0 ? replayed.steps / total : 0,
        replaySeconds: replayed.seconds,
      },
      seconds: (performance.now() - started) / 1000,
      run: {
        name: recipe?.name ?? basename(folder.path),
        maker: signed?.genesis.keyid ?? null,
        office: signed?.lodging?.keyid ?? null,
        lodgedAt: signed?.lodging?.predicate.time ?? null,
        madeAt: signed?.genesis.predicate.circumstances.time ?? null,
        sealedAt: signed?.seal?.predicate.time ?? null,
        seed: signed?.genesis.predicate.commitment.seed ?? null,
        parameters: parametersOf(evidence),
        steps: signed?.genesis.predicate.commitment.steps ?? null,
        tokens: signed?.seal?.predicate.tokens ?? null,
        stateRoot: signed?.seal?.subjects.get('state') ?? null,
        head: signed?.seal?.predicate.head ?? null,
        valBitsPerByte: signed?.seal?.predicate.valBitsPerByte ?? null,
        segments,
        curve: steps ? curveOf(steps.loss, steps.count) : [],
      },
    };
  } finally {
    trainer?.close();
  }
}

function claim(
  challenge: { claimed: boolean; reason: string },
  seal: string | undefined,
  drawn: number,
  whole: boolean,
  done: boolean,
): { claimed: boolean; reason: string } {
  if (!challenge.claimed) return challenge;
  if (seal === undefined) return { claimed: false, reason: 'there is no seal that a draw could follow' };
  // The strangest are chosen before the draw: a state withheld could move what is drawn away from it.
  if (!whole) return { claimed: false, reason: 'kept states are missing or damaged' };
  if (!done) return { claimed: false, reason: 'what was drawn could not all be replayed' };
  if (drawn === 0)
    return { claimed: false, reason: 'too few segments to draw from: the first and the strangest are all' };
  return challenge;
}

/**
 * The auditor's trainer. The size of the micro-batch changes no bit, so it is ours. Memory is taken only for a model whose
 * states lie there in full: nobody makes an auditor take gigabytes by a few lines of a recipe.
 */
function openTrainer({ recipe, config, states, kept }: Evidence, threads: number, engine?: EngineOptions): Trainer {
  if (!recipe || !config || ![...states.values()].includes('whole')) {
    const step = String(kept[0] ?? 0);
    throw new JikjiError(
      'state-missing',
      'there is no whole state of this model to compare with',
      step,
      'bring the states',
    );
  }
  const { batchSize, sequenceLength, gradientGroups } = recipe.train;
  const microBatchSize = defaultMicroBatchSize(batchSize, sequenceLength, gradientGroups);
  return new Trainer(config, { ...recipe.train, microBatchSize }, threads, engine);
}

function curveOf(loss: Float64Array, count: number): CurvePoint[] {
  const every = Math.ceil(count / MOST_POINTS);
  const points: CurvePoint[] = [];
  for (let step = 1; step <= count; step++) {
    const thin = step % every !== 0 && step !== 1 && step !== count;
    if (!thin && Number.isFinite(loss[step - 1]!)) points.push({ step, loss: loss[step - 1]! });
  }
  return points;
}
