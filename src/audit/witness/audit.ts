// The audit of a run that another program trained: its checks in order, what is trained again, and the verdict with its weaker word.
// docs/witness.md, "What an audit checks".

import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Both, JikjiError, type Sentence } from '../../base/index.ts';
import { canonicalJson, ownsKey } from '../../ledger/index.ts';
import { detectionOf } from '../challenge.ts';
import { type AuditCall, type AuditContext, registerFacts, withContext } from '../context.ts';
import { Findings, sentenceOf, worst } from '../findings.ts';
import { chooseSegments, segmentsOf } from '../segments.ts';
import { DRAW } from '../sentences/draw.ts';
import { REPLAY } from '../sentences/training.ts';
import type { CheckContext } from '../structure.ts';
import type { Segment } from '../types.ts';
import { pairedSteps } from './draw.ts';
import { type Elsewhere, judgeElsewhere } from './elsewhere.ts';
import type { WitnessEnvironment } from './files.ts';
import { checkWitnessMotion } from './motion.ts';
import { checkOptimizer, gradientsUnknown } from './optimizer.ts';
import { outlineWitness } from './outline.ts';
import { checkWitnessRegister } from './register.ts';
import { checkWitnessOrigin, checkWitnessSchedule, replaySegments, type SegmentsFound } from './replay.ts';
import { type OpenedReplayer, Replayer, type ReplayerOptions } from './replayer.ts';
import { checkRounding, type Rounding } from './rounding.ts';
import { OTHER_ENVIRONMENT } from './sentences/elsewhere.ts';
import { PAIRS } from './sentences/evidence.ts';
import { RETRAINING } from './sentences/replay.ts';
import { checkWitnessStructure, type WitnessEvidence } from './structure.ts';
import {
  LEAST_PAIRED,
  type WitnessAudit,
  type WitnessCheck,
  type WitnessCheckName,
  type WitnessVerdict,
} from './types.ts';
import { openWorkspace } from './workspace.ts';

export interface WitnessAuditOptions extends AuditCall<WitnessCheckName> {
  /** How the steps are trained again; without it nothing is. */
  replayer?: ReplayerOptions | undefined;
}

/**
 * Audits a witnessed run. Faults of the run are in the result.
 * @throws JikjiError `interrupted`, and for faults of the call
 */
export const auditWitness = (options: WitnessAuditOptions): Promise<WitnessAudit> =>
  withContext(options, (context) => runChecks(options, context));

async function runChecks(
  { replayer, register: registerFile }: WitnessAuditOptions,
  context: AuditContext<WitnessCheckName>,
): Promise<WitnessAudit> {
  const { folder, register, expectations } = context;
  const { check: structure, evidence } = await checkWitnessStructure(folder, expectations, context.of('structure'));
  const pairs = checkPairs(evidence, register !== undefined);
  const again = await trainAgain(evidence, replayer, context);
  const { held, segments } = again;
  const spanAt = (step: number) => again.elsewhere?.spans.find(({ from, to }) => step > from && step <= to);
  const optimizer = await checkOptimizer(evidence, context.of('optimizer'), {
    held,
    told: (step) => spanAt(step)?.verdict === 'within',
    compared: (step) => spanAt(step)?.verdict === 'within' && spanAt(step)?.to === step,
    blurred: (step, name) => spanAt(step)?.blurred.includes(name) === true,
    judged: (step) => spanAt(step) !== undefined,
    declared: declaredIn(evidence),
  });
  const isBeside = !('name' in optimizer) && optimizer.isBeside === true;
  const motion = isBeside ? optimizer : await checkWitnessMotion(evidence, segments, context.of('motion'), held);
  const notChecked: WitnessAudit['notChecked'] = {};
  const ko: WitnessAudit['ko'] = { notChecked: {} };
  const ofOptimizer: WitnessCheck[] = [];
  for (const [name, result] of [
    ['optimizer', optimizer],
    ['motion', motion],
  ] as const) {
    if ('name' in result) ofOptimizer.push(result);
    else [notChecked[name], ko.notChecked[name]] = [result.en, result.ko];
  }
  if (again.noReplay) [notChecked.replay, ko.notChecked.replay] = [again.noReplay.en, again.noReplay.ko];
  if (again.noSegments) [notChecked.segments, ko.notChecked.segments] = [again.noSegments.en, again.noSegments.ko];
  // What enters moments follows from states only where the optimizer's steps are followed.
  const noGradient = isBeside ? optimizer : again.noGradient;
  if (noGradient) [notChecked.gradient, ko.notChecked.gradient] = [noGradient.en, noGradient.ko];
  const ofTraining = again.checks.filter(({ name }) => !(isBeside && name === 'gradient'));
  const checks = [structure, pairs.check, ...ofOptimizer, ...ofTraining];
  if (register) checks.push(await checkWitnessRegister(evidence, register, registerFile?.head, context.of('register')));
  return {
    verdict: verdictOf(checks, again, {
      steps: evidence.steps?.count ?? 0,
      paired: isBeside ? 0 : pairs.facts.steps.length,
    }),
    extent: again.extent,
    checks,
    notChecked,
    ko,
    origin: again.origin,
    segments,
    roots: segments.map(({ to }) => evidence.steps?.roots.get(to) ?? ''),
    replayed: again.segmentsFound.replayed,
    detection: again.detection,
    pairs: pairs.facts,
    gradients: again.rounding?.gradients ?? [],
    tolerance: again.rounding?.tolerance ?? null,
    coherence: again.rounding?.coherence ?? null,
    elsewhere: again.elsewhere ? { spans: again.elsewhere.spans, told: again.elsewhere.told } : null,
    environment: { declared: evidence.environment ?? null, own: again.environment },
    register: registerFacts(register),
    seconds: context.seconds(),
    run: outlineWitness(evidence),
  };
}

/** Tensors that the genesis says training changes beside the parameters. */
function declaredIn({ statements }: WitnessEvidence): Set<string> {
  const commitment = statements?.genesis.predicate.commitment;
  return new Set(commitment && 'buffers' in commitment ? [...commitment.averages, ...commitment.buffers] : []);
}

/** What offices answered before the first step and while it trained. */
const answersTo = (statements: WitnessEvidence['statements']) =>
  [statements?.lodging, ...[...(statements?.heads.values() ?? [])].map(({ answer }) => answer)].flatMap(
    (answer) => answer ?? [],
  );

/** Which steps lie in pairs, and who drew them. */
function checkPairs({ drawn, states, statements, steps }: WitnessEvidence, hasRegister: boolean) {
  const findings = new Findings<WitnessCheckName>('pairs');
  const whole = new Set(states);
  const paired = pairedSteps(states);
  const missing = drawn.filter(({ step }) => step <= (steps?.count ?? 0) && !(whole.has(step) && whole.has(step - 1)));
  for (const { step } of missing.slice(0, 5)) findings.incomplete('states', PAIRS.notWhole(step), { step });
  const byOffice = drawn.filter((pair) => pair.byOffice).length;
  const maker = statements?.genesis.keyid;
  const isOwnOffice = answersTo(statements).some(({ keyid }) => keyid === maker);
  if (byOffice < drawn.length) findings.note(PAIRS.byMaker(drawn.length - byOffice, drawn.length));
  if (isOwnOffice) findings.note(PAIRS.ownOffice);
  else if (byOffice > 0 && !hasRegister) findings.note(PAIRS.noRegister);
  findings.note(PAIRS.known);
  const total = steps?.count ?? 0;
  const ofOffice = drawn.filter((pair) => pair.byOffice && paired.includes(pair.step));
  const facts = {
    steps: paired,
    drawnByOffice: isOwnOffice ? 0 : ofOffice.length,
    share: total > 0 ? paired.length / total : 0,
  };
  // Rounded down: no sentence claims too much.
  const percent = `${Math.floor(1000 * facts.share + 1e-9) / 10}%`;
  return { check: findings.check(PAIRS.whole(paired.length, total, percent)), facts };
}

interface Again extends Pick<WitnessAudit, 'extent' | 'origin' | 'segments' | 'detection'> {
  checks: WitnessCheck[];
  /** Whether training again gave a step to the bit. */
  held: (step: number) => boolean;
  segmentsFound: SegmentsFound;
  rounding: Rounding | undefined;
  elsewhere: Elsewhere | undefined;
  /** What differed first, where no segment came out to the bit and they are judged by rounding instead. */
  noReplay: Both | undefined;
  /** Why no segment was judged by rounding; undefined where one was. */
  noSegments: Both | undefined;
  /** Why no gradient was compared that could not be. */
  noGradient: Both | undefined;
  environment: WitnessAudit['environment']['own'];
}

function challengeOf({ statements }: WitnessEvidence, auditorsChallenge: string | undefined) {
  const value = auditorsChallenge ?? randomBytes(32).toString('hex');
  const maker = statements?.genesis.keyid;
  if (maker !== undefined && ownsKey(maker)) return { value, claimed: false, reason: DRAW.selfAudit };
  if (
    auditorsChallenge !== undefined &&
    answersTo(statements).some(({ predicate }) => predicate.nonce === auditorsChallenge)
  )
    return { value, claimed: false, reason: DRAW.forOther };
  return {
    value,
    claimed: true,
    reason: auditorsChallenge === undefined ? DRAW.here : DRAW.given,
  };
}

/** Everything that needs the auditor's Python. */
async function trainAgain(
  evidence: WitnessEvidence,
  how: ReplayerOptions | undefined,
  context: AuditContext<WitnessCheckName>,
): Promise<Again> {
  const { statements, states, steps } = evidence;
  const seal = statements?.seal?.digest;
  const challenge = challengeOf(evidence, context.challenge);
  const segments = segmentsOf(states.filter((step) => step > 0));
  const choice = chooseSegments(segments, [], context.requestOf(segments.length), { challenge: challenge.value, seal });
  const opened = await openReplayer(evidence, how, context.of('schedule'));
  const replayer = 'en' in opened ? opened : opened.replayer;
  const findings = new Findings<WitnessCheckName>('replay');
  try {
    if ('en' in replayer) findings.incomplete('the replay', replayer);
    const isSame = !('en' in opened) && isSameEnvironment(evidence.environment, opened.environment);
    const schedule = await checkWitnessSchedule(evidence, { replayer, isSame }, context.of('schedule'));
    const { check: origin, origin: beginning } = await checkWitnessOrigin(evidence, replayer);
    const segmentsFound: SegmentsFound =
      !('en' in replayer) && steps
        ? await replaySegments(evidence, choice.chosen, { replayer, findings }, context.of('replay'))
        : { replayed: [], differing: [], steps: 0 };
    const held = segmentsFound.replayed.filter(({ verdict }) => verdict === 'holds').length;
    // Elsewhere a short segment may come out to the bit by chance. Whoever declares another environment so that his forgeries are taken for
    // rounding gets no more than `consistent`, and is refuted beyond it.
    const isElsewhere = segmentsFound.differing.length > 0 && (held === 0 || !isSame);
    judgeSegments(segmentsFound, { held, isSame, isElsewhere }, findings);
    const isHeld = heldSteps(segmentsFound);
    const elsewhere =
      !('en' in opened) && isElsewhere
        ? await judgeElsewhere(
            evidence,
            [
              ...segmentsFound.replayed.filter(({ verdict }) => verdict === 'holds'),
              ...segmentsFound.differing.map(({ segment }) => segment),
            ],
            opened,
            context.of('segments'),
          )
        : undefined;
    const noSegments = elsewhere ? undefined : held > 0 ? OTHER_ENVIRONMENT.heldHere : OTHER_ENVIRONMENT.nothingAgain;
    const noGradient = gradientsUnknown(evidence);
    const rounding =
      !('en' in opened) && !noGradient
        ? await checkRounding(evidence, opened, isHeld, context.of('gradient'))
        : undefined;
    // A tick for what nobody reproduced would be none: why there is none stands in its place.
    const [different] = segmentsFound.differing;
    const noReplay =
      elsewhere && different && findings.verdict === 'holds' ? noneTheSame(segmentsFound, different) : undefined;
    const done = held > 0 && segmentsFound.replayed.every(({ verdict }) => verdict === 'holds');
    const replay = findings.check(
      held > 0
        ? REPLAY.whole(held, segmentsFound.replayed.length, segmentsFound.steps)
        : segmentsFound.steps > 0
          ? RETRAINING.none(segmentsFound.replayed.length)
          : RETRAINING.nothing,
    );
    return {
      checks: [
        schedule({ isElsewhere: elsewhere !== undefined, held }),
        origin,
        ...(noReplay ? [] : [replay]),
        ...[elsewhere, rounding].flatMap((judged) => (judged ? [judged.check] : [])),
      ],
      extent: held === 0 || isElsewhere ? 'none' : held === segments.length ? 'all' : 'sampled',
      held: isHeld,
      origin: beginning,
      segments,
      segmentsFound,
      detection: detectionOf(challenge, {
        seal,
        choice,
        segments: segments.length,
        undone: done ? undefined : DRAW.notSame,
      }),
      rounding,
      elsewhere,
      noReplay,
      noSegments,
      noGradient,
      environment: 'en' in opened ? null : opened.environment,
    };
  } finally {
    if (!('en' in opened)) opened.close();
  }
}

/** Variables that say how many threads compute: with some libraries bits depend on them, so a run is replayed with those that it declares. */
const THREADS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];

/**
 * Whether the auditor's Python is what the maker declares, where that should repeat bits: on a CPU, or in a deterministic mode. `own` is what
 * came out: OpenBLAS takes no more threads than the machine has processors, and products depend on that.
 */
function isSameEnvironment(declared: WitnessEnvironment | undefined, own: WitnessEnvironment): boolean {
  // What version 1 does not say is not compared.
  const isOlder = declared?.formatVersion === 1;
  const bare = (environment: WitnessEnvironment) => {
    const { formatVersion: _version, ...said } = environment;
    const { precision: _precision, ...old } = { precision: null, ...said };
    // It sets `threads` and OpenBLAS's, which are compared, and nothing else.
    const { OMP_NUM_THREADS: _threads, ...flags } = environment.flags;
    return canonicalJson({ ...(isOlder ? old : said), flags });
  };
  return (
    declared !== undefined && (declared.deterministic || declared.device === 'cpu') && bare(declared) === bare(own)
  );
}

const spanOf = ({ index, from, to }: Segment) => ({ segment: index + 1, first: from + 1, last: to });

function noneTheSame({ replayed }: SegmentsFound, { segment, text, tensor }: SegmentsFound['differing'][number]): Both {
  const held = replayed.filter(({ verdict }) => verdict === 'holds').length;
  const first = RETRAINING.differsHere(spanOf(segment), text, tensor);
  return held > 0
    ? RETRAINING.someSame(held, replayed.length, first)
    : RETRAINING.noneSame(replayed.length, RETRAINING.allDiffer(spanOf(segment), text, tensor));
}

/** Whether a step lies in a segment that came out to the bit. */
function heldSteps({ replayed }: SegmentsFound): (step: number) => boolean {
  const held = replayed.filter(({ verdict }) => verdict === 'holds');
  return (step) => held.some(({ from, to }) => step > from && step <= to);
}

/**
 * A segment that differs is refuted only where another one came out to the bit in the environment that the run declares. Elsewhere it is
 * judged beside rounding.
 */
function judgeSegments(
  { differing }: SegmentsFound,
  { held, isSame, isElsewhere }: { held: number; isSame: boolean; isElsewhere: boolean },
  findings: Findings<WitnessCheckName>,
): void {
  if (held === 0 && isSame && differing.length > 0) findings.incomplete('the replay', RETRAINING.doesNotRepeat);
  for (const { segment, text, ...at } of differing) {
    const span = spanOf(segment);
    if (!isElsewhere) findings.refuted('transcript.jsonl', RETRAINING.differs(span, text), at);
    else if (held > 0) findings.note(RETRAINING.differsHere(span, text, at.tensor));
    else findings.note(RETRAINING.allDiffer(span, text, at.tensor));
  }
}

/** Starts the auditor's Python with the training code that the run committed to; or why not. */
async function openReplayer(
  evidence: WitnessEvidence,
  how: ReplayerOptions | undefined,
  context: CheckContext,
): Promise<OpenedReplayer | Sentence> {
  if (!how) return RETRAINING.noCode;
  const { environment: declared } = evidence;
  const ranks = declared?.ranks ?? 1;
  if (ranks > how.ranks) return RETRAINING.ranks(ranks);
  const workspace = await openWorkspace(evidence, how, context);
  if ('en' in workspace) return workspace;
  const [first] = evidence.code!.files;
  // Bits can depend on the number of threads, so the declared one is taken where this machine has so many.
  const threads = how.threads ?? Math.min(declared?.threads ?? 1, availableParallelism());
  const said = Object.entries(declared?.flags ?? {}).filter(
    ([name, value]) => THREADS.includes(name) && /^[1-9]\d{0,3}$/.test(value),
  );
  const placed = {
    ...{ ...how, threads, declared: Object.fromEntries(said) },
    ...{ code: join(workspace.folder, first!.name), data: workspace.folder },
  };
  await context.showProgress('starting Python', 0);
  const replayer = new Replayer(evidence.folder.path, placed, context.signal);
  const close = (): void => {
    replayer.close();
    workspace.close();
  };
  try {
    const { environment } = await replayer.open();
    return { replayer, placed, environment, close };
  } catch (error) {
    close();
    if (!(error instanceof JikjiError && error.code === 'program-failed')) throw error;
    return RETRAINING.python(sentenceOf(error), how.python);
  }
}

/** `holds` needs steps that came out to the bit, and S_0; `consistent` that every step lies within rounding; less is not told. */
function verdictOf(
  checks: readonly WitnessCheck[],
  { extent, origin, elsewhere }: Again,
  { steps, paired }: { steps: number; paired: number },
): WitnessVerdict {
  const refuted = checks.some(({ verdict }) => verdict === 'refuted');
  if (refuted) return 'refuted';
  // That rounding hides too much is no fault of the evidence.
  const verdict = worst(checks.filter(({ name }) => name !== 'segments').map(({ verdict }) => verdict));
  if (verdict !== 'holds') return verdict;
  if (extent !== 'none') return origin === 'same' ? 'holds' : 'incomplete';
  if (!elsewhere) return 'incomplete';
  return elsewhere.told === steps && paired >= LEAST_PAIRED && origin !== 'not-shown' ? 'consistent' : 'not-told';
}
