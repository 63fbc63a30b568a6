// The audit of a run that another program trained: its checks in order, what is trained again, and the verdict with its weaker word.
// docs/witness.md, "What an audit checks".

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { count, JikjiError } from '../../base/index.ts';
import { ownsKey } from '../../ledger/index.ts';
import { GIVEN, SELF_AUDIT } from '../challenge.ts';
import { chanceTable } from '../chance.ts';
import { Findings, worst } from '../findings.ts';
import { RunFolder } from '../folder.ts';
import { readRegister } from '../register-check.ts';
import { chooseSegments, segmentsOf } from '../segments.ts';
import type { CheckContext } from '../structure.ts';
import type { Detection, Segment } from '../types.ts';
import { checkWitnessMotion } from './motion.ts';
import { checkOptimizer, pairedSteps } from './optimizer.ts';
import type { WitnessAuditOptions } from './options.ts';
import { outlineWitness } from './outline.ts';
import { checkWitnessRegister } from './register.ts';
import { checkWitnessOrigin, checkWitnessSchedule, replaySegments, type SegmentsFound } from './replay.ts';
import { Replayer, type ReplayerOptions } from './replayer.ts';
import { checkRounding, type Rounding } from './rounding.ts';
import { checkWitnessStructure, type WitnessEvidence } from './structure.ts';
import type { WitnessAudit, WitnessCheck, WitnessCheckName, WitnessVerdict } from './types.ts';

const PROGRESS_INTERVAL_MS = 50;

function contextFactory({ onProgress, signal = new AbortController().signal }: WitnessAuditOptions) {
  return (check: WitnessCheckName): CheckContext => {
    let shownAt = Number.NEGATIVE_INFINITY;
    return {
      signal,
      showProgress: async (detail, fraction) => {
        if (performance.now() - shownAt < PROGRESS_INTERVAL_MS) return;
        onProgress?.({ check, detail, fraction: Math.min(1, fraction) });
        await setImmediate();
        signal.throwIfAborted();
        shownAt = performance.now();
      },
    };
  };
}

/**
 * Audits a witnessed run. Faults of the run are in the result.
 * @throws JikjiError `interrupted`, and for faults of the call
 */
export async function auditWitness(options: WitnessAuditOptions): Promise<WitnessAudit> {
  const started = performance.now();
  const context = contextFactory(options);
  const folder = new RunFolder(resolve(options.folder));
  const register =
    options.register && (await readRegister(options.register, options.office, context('register').showProgress));
  const expected = { maker: options.maker, office: options.office ?? register?.office };
  const { check: structure, evidence } = await checkWitnessStructure(folder, expected, context('structure'));
  const pairs = checkPairs(evidence, register !== undefined);
  const optimizer = await checkOptimizer(evidence, context('optimizer'));
  const motion = await checkWitnessMotion(
    evidence,
    segmentsOf(evidence.states.filter((step) => step > 0)),
    context('motion'),
  );
  const again = await trainAgain(evidence, options, context);
  const notChecked: WitnessAudit['notChecked'] = {};
  for (const [name, result] of Object.entries({ optimizer, motion }))
    if (typeof result === 'string') notChecked[name as 'optimizer' | 'motion'] = result;
  const ofOptimizer = [optimizer, motion].filter((result) => typeof result !== 'string');
  const checks = [structure, pairs.check, ...ofOptimizer, ...again.checks];
  if (register)
    checks.push(await checkWitnessRegister(evidence, register, options.register?.head, context('register')));
  return {
    verdict: verdictOf(checks, again),
    extent: again.extent,
    checks,
    notChecked,
    origin: again.origin,
    segments: again.segments,
    replayed: again.segmentsFound.replayed,
    detection: again.detection,
    pairs: pairs.found,
    gradients: again.rounding?.found ?? [],
    tolerance: again.rounding?.tolerance ?? null,
    coherence: again.rounding?.coherence ?? null,
    environment: { declared: evidence.environment ?? null, own: again.environment },
    register: register ? { office: register.office, entries: register.entries.length, head: register.head } : null,
    seconds: (performance.now() - started) / 1000,
    run: outlineWitness(evidence),
  };
}

/** Which steps lie in pairs, and who drew them. */
function checkPairs({ drawn, states, statements, steps }: WitnessEvidence, hasRegister: boolean) {
  const findings = new Findings<WitnessCheckName>('pairs');
  const whole = new Set(states);
  const paired = pairedSteps(states);
  const missing = drawn.filter(({ step }) => step <= (steps?.count ?? 0) && !(whole.has(step) && whole.has(step - 1)));
  for (const { step } of missing.slice(0, 5))
    findings.incomplete('states', `the pair of step ${step} is not whole`, { step });
  const byOffice = drawn.filter((pair) => pair.byOffice).length;
  const maker = statements?.genesis.keyid;
  const answers = [statements?.lodging, ...[...(statements?.heads.values() ?? [])].map(({ answer }) => answer)];
  const isOwnOffice = answers.some((answer) => answer !== undefined && answer.keyid === maker);
  if (byOffice < drawn.length)
    findings.note(
      `${drawn.length - byOffice} of ${drawn.length} pairs follow from the maker's own transcript: he could choose which steps they are.`,
    );
  if (isOwnOffice) findings.note('The office is the maker: he drew his pairs himself.');
  else if (byOffice > 0 && !hasRegister)
    findings.note(
      "Without the office's register (--register) it is not seen whether an answer was left out: a head without one draws its pair anew, so the maker could choose between two.",
    );
  findings.note('A maker knows a pair before he computes it: pairs show nothing of the steps between them.');
  const total = steps?.count ?? 0;
  const found = {
    steps: paired,
    drawnByOffice: isOwnOffice ? 0 : byOffice,
    share: total > 0 ? paired.length / total : 0,
  };
  const percent = `${Number((100 * found.share).toPrecision(2))}%`;
  return {
    check: findings.check(
      `${count(paired.length)} of ${count(total)} steps (${percent}) lie between two recorded states`,
    ),
    found,
  };
}

interface Again extends Pick<WitnessAudit, 'extent' | 'origin' | 'segments' | 'detection'> {
  checks: WitnessCheck[];
  segmentsFound: SegmentsFound;
  rounding: Rounding | undefined;
  environment: WitnessAudit['environment']['own'];
}

function challengeOf({ statements }: WitnessEvidence, given: string | undefined) {
  const value = given ?? randomBytes(32).toString('hex');
  const maker = statements?.genesis.keyid;
  if (maker !== undefined && ownsKey(maker)) return { value, claimed: false, reason: SELF_AUDIT };
  return {
    value,
    claimed: true,
    reason: given === undefined ? 'drawn on this machine, after the seal was made' : GIVEN,
  };
}

/** Everything that needs the auditor's Python. */
async function trainAgain(
  evidence: WitnessEvidence,
  options: WitnessAuditOptions,
  context: (check: WitnessCheckName) => CheckContext,
): Promise<Again> {
  const { statements, states, steps } = evidence;
  const seal = statements?.seal?.digest;
  const challenge = challengeOf(evidence, options.challenge);
  const segments = segmentsOf(states.filter((step) => step > 0));
  const choice = chooseSegments(segments, [], options.replay, { challenge: challenge.value, seal });
  const opened = options.replayer && (await openReplayer(evidence, options, context('schedule')));
  const replayer = opened?.replayer;
  const findings = new Findings<WitnessCheckName>('replay');
  try {
    if (opened?.failure) findings.incomplete('the replay', opened.failure);
    const schedule = await checkWitnessSchedule(evidence, replayer, context('schedule'));
    const { check: origin, origin: how } = await checkWitnessOrigin(evidence, replayer);
    const segmentsFound: SegmentsFound =
      replayer && steps
        ? await replaySegments(evidence, choice.chosen, { replayer, findings }, context('replay'))
        : { replayed: [], differing: [], steps: 0 };
    if (!options.replayer) findings.incomplete('the replay', 'no training code was given: --code and --python');
    const held = segmentsFound.replayed.filter(({ verdict }) => verdict === 'holds').length;
    judgeSegments(segmentsFound, held, findings);
    const rounding =
      opened && replayer
        ? await checkRounding(evidence, opened.environment, options, context('gradient'), replayer)
        : undefined;
    const done = held > 0 && segmentsFound.replayed.every(({ verdict }) => verdict === 'holds');
    const replay = findings.check(
      held > 0
        ? `${held} of ${segmentsFound.replayed.length} segments the same, bit for bit, in ${count(segmentsFound.steps)} steps`
        : `no segment is the same to the bit, of ${segmentsFound.replayed.length} that were trained again`,
    );
    return {
      checks: [schedule, origin, replay, ...(rounding ? [rounding.check] : [])],
      extent: held === 0 ? 'none' : held === segments.length ? 'all' : 'sampled',
      origin: how,
      segments,
      segmentsFound,
      detection: detectionOf({ challenge, seal, choice, segments, done }),
      rounding,
      environment: opened?.environment ?? null,
    };
  } finally {
    replayer?.close();
  }
}

/**
 * A segment that differs is refuted only where another one came out to the bit: that shows the environment to be the same. Where none does,
 * it is another environment, and pairs decide within a tolerance.
 */
function judgeSegments({ differing }: SegmentsFound, held: number, findings: Findings<WitnessCheckName>): void {
  for (const { segment, text, step } of differing) {
    const where = `segment ${segment.index + 1}: steps ${segment.from + 1} to ${segment.to}`;
    if (held > 0)
      findings.refuted('transcript.jsonl', `${where}: ${text}, while other segments are the same to the bit here`, {
        step,
      });
    else
      findings.note(
        `${where}: ${text}. No segment is the same to the bit here, so this shows another environment, or a forgery.`,
      );
  }
}

function detectionOf(of: {
  challenge: ReturnType<typeof challengeOf>;
  seal: string | undefined;
  choice: ReturnType<typeof chooseSegments>;
  segments: readonly Segment[];
  done: boolean;
}): Detection {
  const { challenge, seal, choice, segments, done } = of;
  const { candidates, drawn } = choice;
  const why =
    seal === undefined
      ? 'the run has no seal, and a draw counts only after the seal'
      : !done
        ? 'not all drawn segments came out to the bit'
        : drawn.length === 0
          ? 'no segment was drawn at random'
          : undefined;
  return {
    claimed: challenge.claimed && why === undefined,
    reason: (challenge.claimed ? why : undefined) ?? challenge.reason,
    challenge: challenge.value,
    segments: segments.length,
    candidates,
    drawn: drawn.length,
    chances: chanceTable(candidates, drawn.length),
  };
}

/** Bits can depend on the number of threads, so the declared one is taken. */
const threadsOf = ({ environment }: WitnessEvidence, { threads }: ReplayerOptions): number =>
  threads ?? Math.min(environment?.threads ?? 1, 1024);

/** Starts the auditor's Python with the training code that the run committed to. */
async function openReplayer(
  evidence: WitnessEvidence,
  { replayer: how, signal }: WitnessAuditOptions,
  context: CheckContext,
) {
  const { code, folder } = evidence;
  await context.showProgress('starting Python', 0);
  const replayer = new Replayer(folder.path, { ...how!, threads: threadsOf(evidence, how!) }, signal ?? context.signal);
  try {
    const opened = await replayer.open();
    const committed = code?.files[0]?.sha256;
    if (committed !== opened.code) {
      replayer.close();
      return {
        failure: `the given training code has the SHA-256 ${opened.code}, the run committed to ${committed ?? 'none that can be read'}`,
      };
    }
    return { replayer, environment: opened.environment };
  } catch (error) {
    replayer.close();
    if (!(error instanceof JikjiError && error.code === 'program-failed')) throw error;
    return { failure: error.message };
  }
}

/** `holds` needs steps that came out to the bit, and S_0; what lies within a tolerance is `consistent`. */
function verdictOf(checks: readonly WitnessCheck[], { extent, origin, rounding }: Again): WitnessVerdict {
  const found = worst(checks.map(({ verdict }) => verdict));
  if (found !== 'holds') return found;
  if (extent !== 'none' && origin === 'same') return 'holds';
  // A gradient says nothing of a step that nobody followed to the weights.
  const isFollowed = checks.some(({ name }) => name === 'optimizer');
  return isFollowed && rounding && rounding.found.length > 0 ? 'consistent' : 'incomplete';
}
