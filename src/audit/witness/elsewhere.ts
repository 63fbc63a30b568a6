// Segments of a run of which none came out to the bit: trained here in three settings, so that it is known what rounding can do to each.
// docs/witness.md, "Segments in another environment".

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Both, JikjiError } from '../../base/index.ts';
import { Findings, sentenceOf } from '../findings.ts';
import { RunFolder } from '../folder.ts';
import type { CheckContext } from '../structure.ts';
import { otherSettings } from './calibration.ts';
import { judgeSegment, measureSegment, NEAR } from './distances.ts';
import type { WitnessEnvironment } from './files.ts';
import { relative } from './gradients.ts';
import { askReplayer, type GradientsFound } from './replay.ts';
import { float64Of, type OpenedReplayer, Replayer, type Trained } from './replayer.ts';
import { compareFigures } from './rounding.ts';
import { OTHER_ENVIRONMENT } from './sentences/elsewhere.ts';
import { RETRAINING } from './sentences/replay.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { JudgedSegment, JudgedSpan, WitnessCheck, WitnessCheckName } from './types.ts';

/** Units in the last place by which starts are moved; what lies beyond one of them is looked at again beside the others. */
const [MOVED, ...MOVED_AGAIN] = [1, 32, 64] as const;
/** Fewer steps are not judged by themselves: what rounding does to one step says little of what it does to another. */
const LEAST_STEPS = 5;

/** The steps after `from`, to `to`. */
type Span = Pick<JudgedSpan, 'from' | 'to'>;

export interface Elsewhere {
  check: WitnessCheck;
  spans: JudgedSpan[];
  /** Steps in spans that lie within rounding. */
  told: number;
}

/** Adjoining segments joined until each span has enough steps, and what is too short for that. */
export function spansOf(segments: readonly Span[]): { spans: Span[]; short: Span[] } {
  const [spans, short]: Span[][] = [[], []];
  for (const { from, to } of segments.toSorted((a, b) => a.from - b.from)) {
    const open = short!.at(-1);
    if (open?.to === from) open.to = to;
    else short!.push({ from, to });
    const { from: first } = short!.at(-1)!;
    if (to - first >= LEAST_STEPS) spans!.push(short!.pop()!);
  }
  // What is left at an end goes with the span before it.
  const left = short!.filter((one) => {
    const before = spans!.find((span) => span.to === one.from);
    if (before) before.to = one.to;
    return !before;
  });
  return { spans: spans!, short: left };
}

/** Losses and norms of first steps, as `compareFigures` takes them. */
type Figures = GradientsFound['found'][number];

const figuresOf = ({ step, loss, gradNorm }: Trained): Figures => ({
  step,
  own: 0,
  difference: 0,
  loss: float64Of(loss),
  gradNorm: float64Of(gradNorm),
});

/** An empty folder for a state. The training code runs as the auditor's user. @throws JikjiError `program-failed` */
function makeFresh(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  } catch (cause) {
    const hint = 'read the training code: it reaches into folders that are not its own';
    throw new JikjiError('program-failed', 'the folder for its states was taken away', folder, hint, { cause });
  }
}

const movedName = (units: number): string => `moved-${units}`;

/** The auditor's Python in his own setting and in an older one, and where their states are kept. */
class Settings {
  readonly #evidence: WitnessEvidence;
  readonly #opened: OpenedReplayer;
  readonly #folder = mkdtempSync(join(tmpdir(), 'jikji-states-'));
  readonly #findings: Findings<WitnessCheckName>;
  /** In older settings, the nearest first. */
  readonly #olders: readonly Replayer[];
  /** The one of them in which a segment came out with other bits; undefined until one does. */
  #chosen: Replayer | undefined;
  readonly first = { here: new Map<number, Figures>(), older: new Map<number, Figures>() };

  constructor(
    evidence: WitnessEvidence,
    opened: OpenedReplayer,
    { signal, findings }: { signal: AbortSignal; findings: Findings<WitnessCheckName> },
  ) {
    [this.#evidence, this.#opened, this.#findings] = [evidence, opened, findings];
    this.#olders = otherSettings(opened.environment.capability).map(
      (settings) => new Replayer(evidence.folder.path, { ...opened.placed, settings }, signal),
    );
  }

  /** Trains a span, keeps its end in a folder of this name, and gives the root of that. */
  async #train(
    { from, to }: Span,
    name: string,
    { moved = 0, replayer = this.#opened.replayer }: { moved?: number; replayer?: Replayer } = {},
  ): Promise<string | undefined> {
    const folder = join(this.#folder, name);
    let root: string | undefined;
    const keep = (line: Trained): void => {
      if (line.step === from + 1 && moved === 0)
        this.first[name === 'older' ? 'older' : 'here'].set(line.step, figuresOf(line));
      root = line.stateRoot;
    };
    const done = await askReplayer(this.#findings, () => {
      makeFresh(folder);
      return replayer.train(from, to, keep, { folder, moved });
    });
    return done && root;
  }

  /** How far the step after a state goes from here where its start is moved further: the furthest of a loss, or a norm. */
  async leapOf(from: number, name: 'loss' | 'gradNorm'): Promise<number> {
    const here = this.first.here.get(from + 1)!;
    let most = 0;
    const folder = join(this.#folder, 'leap');
    for (const moved of MOVED_AGAIN) {
      const compare = (line: Trained): void => {
        most = Math.max(most, relative(here[name], figuresOf(line)[name]));
      };
      const done = await askReplayer(this.#findings, () => {
        makeFresh(folder);
        return this.#opened.replayer.train(from, from + 1, compare, { folder, moved });
      });
      if (!done) break;
    }
    return most;
  }

  /** The loss and the norm of the step after a state, in both settings. */
  async firstStep(from: number): Promise<boolean> {
    for (const [name, replayer] of [
      ['here', this.#opened.replayer],
      ['older', this.#chosen],
    ] as const) {
      if (!replayer || this.first[name].has(from + 1)) continue;
      const keep = (line: Trained): void => void this.first[name].set(line.step, figuresOf(line));
      if (!(await askReplayer(this.#findings, () => replayer.train(from, from + 1, keep)))) return false;
    }
    return true;
  }

  /** Whether a setting is known that gives other bits. */
  get hasOther(): boolean {
    return this.#chosen !== undefined;
  }

  /**
   * Trains a span in all settings and judges it; `same` where no setting gives other bits for it and none is known that does, undefined where
   * the auditor's Python did not do its part.
   */
  async judge(
    span: Span,
    trained: ReadonlySet<string>,
    pause: () => Promise<void>,
  ): Promise<JudgedSegment | 'same' | undefined> {
    const here = await this.#train(span, 'here');
    const moved = await this.#train(span, movedName(MOVED), { moved: MOVED });
    if (here === undefined || moved === undefined) return undefined;
    for (const replayer of this.#chosen ? [this.#chosen] : this.#olders) {
      const older = await this.#train(span, 'older', { replayer });
      if (older === undefined) return undefined;
      if (older !== here) this.#chosen ??= replayer;
      if (this.#chosen) return await this.#judge(span, trained, pause);
    }
    return 'same';
  }

  /**
   * Rounding has rare leaps, where a unit's sign or a choice of experts turns over, and one pair of settings seldom shows them. So what seems
   * to lie beyond rounding is looked at again beside starts that are moved further.
   */
  async #judge(
    span: Span,
    trained: ReadonlySet<string>,
    pause: () => Promise<void>,
  ): Promise<JudgedSegment | undefined> {
    const others = ['older', movedName(MOVED)];
    const found = await this.#measure(span, trained, { others, pause });
    if (!found || found.other !== null || !(found.verdict === 'refuted' || (found.furthest?.times ?? 0) > NEAR))
      return found;
    for (const units of MOVED_AGAIN) {
      others.push(movedName(units));
      if ((await this.#train(span, movedName(units), { moved: units })) === undefined) return undefined;
    }
    return this.#measure(span, trained, { others, pause });
  }

  async #measure(
    { from, to }: Span,
    trained: ReadonlySet<string>,
    { others, pause }: { others: readonly string[]; pause: () => Promise<void> },
  ): Promise<JudgedSegment | undefined> {
    const opened: WitnessState[] = [];
    const open = (folder: RunFolder, step: number): WitnessState => {
      const state = WitnessState.open(folder, step);
      opened.push(state);
      return state;
    };
    const kept = (name: string): WitnessState => open(new RunFolder(join(this.#folder, name)), to);
    try {
      const states = {
        start: open(this.#evidence.folder, from),
        recorded: open(this.#evidence.folder, to),
        here: kept('here'),
        others: others.map(kept),
      };
      return judgeSegment(await measureSegment(states, trained, pause));
    } catch (error) {
      if (!(error instanceof JikjiError) || error.code === 'interrupted') throw error;
      // The run's own states were looked at before: these are what the auditor's Python wrote.
      this.#findings.incomplete('the replay', sentenceOf(error));
      return undefined;
    } finally {
      for (const state of opened) state.close();
    }
  }

  close(): void {
    for (const replayer of this.#olders) replayer.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether the declared device rounds products as this machine's own settings do: another kind of device was never measured against it. */
const isLikeDevice = (declared: WitnessEnvironment | undefined, own: WitnessEnvironment): boolean =>
  declared?.device === own.device && (declared.formatVersion === 1 || declared.precision.products === 'highest');

/** `chosen`: the segments that were trained again, none of which came out to the bit. */
export async function judgeElsewhere(
  evidence: WitnessEvidence,
  chosen: readonly Span[],
  opened: OpenedReplayer,
  { showProgress, signal }: CheckContext,
): Promise<Elsewhere> {
  const findings = new Findings<WitnessCheckName>('segments');
  const { spans, short } = spansOf(chosen);
  const whole = new Set(evidence.states);
  const trained = new Set(evidence.recipe?.optimizer.groups.flatMap(({ parameters }) => parameters));
  const isLike = isLikeDevice(evidence.environment, opened.environment);
  if (!isLike) findings.note(OTHER_ENVIRONMENT.otherDevice);
  const settings = new Settings(evidence, opened, { signal, findings });
  const judged: JudgedSpan[] = [];
  try {
    const left = [...spans];
    for (let i = 0; i < left.length; i++) {
      const span = left[i]!;
      if (i >= spans.length && !settings.hasOther) break;
      signal.throwIfAborted();
      const pause = () => showProgress(`steps ${span.from + 1} to ${span.to}, in three settings`, i / left.length);
      await pause();
      if (!whole.has(span.from) || !whole.has(span.to)) {
        findings.incomplete('states', RETRAINING.noStartState(whole.has(span.from) ? span.to : span.from), {
          step: span.from,
        });
        continue;
      }
      const found = await settings.judge(span, trained, pause);
      if (!found) break;
      if (found === 'same') {
        // Until a setting is known that rounds otherwise, nothing says what rounding does; again, if a later span shows one.
        if (i < spans.length - 1) left.push(span);
        continue;
      }
      judged.push({ ...span, ...found, ...(found.verdict === 'refuted' && !isLike && { verdict: 'not-told' }) });
    }
    if (!settings.hasOther && judged.length === 0 && findings.verdict === 'holds' && spans.length > 0)
      findings.incomplete('the replay', OTHER_ENVIRONMENT.noOther);
    for (const [i, from] of evidence.states.entries()) {
      if (from >= evidence.steps!.count) continue;
      signal.throwIfAborted();
      await showProgress(`step ${from + 1}`, i / evidence.states.length);
      if (!(await settings.firstStep(from))) break;
    }
    const steps = [...settings.first.here.keys()].sort((a, b) => a - b);
    const [found, other] = [settings.first.here, settings.first.older].map((of) => steps.map((step) => of.get(step)));
    const odd: { step: number; text: Both; name: 'loss' | 'gradNorm' }[] = [];
    // What another kind of device rounds is not what was measured here.
    const measured = { found: found as Figures[], other: isLike ? other : undefined };
    const figures = compareFigures(evidence, measured, (step, text, name) => void odd.push({ step, text, name }));
    if (found!.length > 0) findings.note(figures);
    for (const { step, text, name } of odd) {
      const recorded = evidence.steps![name][step - 1]!;
      const apart = relative(recorded, settings.first.here.get(step)![name]);
      if (whole.has(step - 1) && apart <= NEAR * (await settings.leapOf(step - 1, name)))
        findings.note(OTHER_ENVIRONMENT.leap(step));
      else findings.refuted(stateFolder(step - 1), text, { step });
    }
  } finally {
    settings.close();
  }
  const ends = new Set(spans.map(({ to }) => to));
  const passed = evidence.states.filter(
    (step) => !ends.has(step) && spans.some(({ from, to }) => step > from && step < to),
  );
  if (passed.length > 0) findings.note(OTHER_ENVIRONMENT.passed(passed.length));
  return { ...judgementOf(judged, short, findings), spans: judged };
}

const e = (value: number): string => value.toExponential(1);

function judgementOf(judged: readonly JudgedSpan[], short: readonly Span[], findings: Findings<WitnessCheckName>) {
  for (const { from, to, verdict, furthest, times, own, other, astray } of judged) {
    const at = { first: from + 1, last: to };
    const isAstray = verdict === 'not-told' && other === null && astray !== null;
    const tensor = isAstray ? astray : (other ?? furthest?.name);
    const where = { step: to, ...(tensor !== undefined && { tensor }) };
    if (verdict === 'refuted')
      findings.refuted(
        stateFolder(to),
        other !== null
          ? OTHER_ENVIRONMENT.other(at)
          : OTHER_ENVIRONMENT.far(at, times.toFixed(1), (furthest?.times ?? 0).toFixed(1)),
        where,
      );
    else if (isAstray) findings.incomplete(stateFolder(to), OTHER_ENVIRONMENT.astray(at), where);
    else if (verdict === 'not-told') findings.incomplete(stateFolder(to), OTHER_ENVIRONMENT.notTold(at, own), where);
  }
  for (const { from, to } of short)
    findings.incomplete(stateFolder(to), OTHER_ENVIRONMENT.short({ first: from + 1, last: to }), { step: to });
  const within = judged.filter(({ verdict }) => verdict === 'within');
  const told = within.reduce((sum, { from, to }) => sum + to - from, 0);
  const most = {
    times: Math.max(0, ...within.map(({ times }) => times)).toFixed(1),
    furthest: Math.max(0, ...within.map(({ furthest }) => furthest?.times ?? 0)).toFixed(1),
    own: e(Math.max(0, ...within.map(({ own }) => own))),
  };
  return {
    told,
    check: findings.check(
      within.length > 0 ? OTHER_ENVIRONMENT.within(within.length, told, most) : OTHER_ENVIRONMENT.nothing,
    ),
  };
}
