// The progress display of a run: on a terminal, stages with a mark, a loss curve and a live line; elsewhere a few plain lines.
// Turns events into text; knows nothing of training.

import { styleText } from 'node:util';
import { count, textWidth } from '../base/index.ts';
import { type Point, renderCurve } from './curve.ts';
import { canRedraw, LiveBlock, type Screen } from './live-block.ts';
import type { MakeEvent, Stage } from './rooms.ts';
import { duration, fit } from './text.ts';

export interface ProgressOptions {
  screen: Screen & Partial<Pick<NodeJS.WriteStream, 'on' | 'off'>>;
  /** Redraw in place. Default: the stream is a terminal that can. */
  live?: boolean;
  color?: boolean;
  /** Milliseconds; a test's clock. */
  now?: () => number;
}

export interface Progress {
  event(event: MakeEvent): void;
  /** Ends the display and leaves its last state on the screen. */
  close(): void;
}

/** The prefix of a warning line. Followers of a job search its output for it. */
export const WARNING = '! ';

type StepEvent = Extract<MakeEvent, { kind: 'step' }>;
type Style = Parameters<typeof styleText>[0];

const STAGES: Record<Stage, string> = {
  corpus: 'reading the texts',
  tokenizer: 'training the tokenizer',
  tokens: 'turning text into tokens',
  train: 'training the model',
  model: 'writing the model',
};

/** The curve's points are thinned beyond this; a terminal shows a few hundred. */
const MAX_POINTS = 1 << 16;
const REDRAW_MS = 100;
const MIN_PLAIN_MS = 3000;
const MAX_PLAIN_MS = 30_000;

/** The last one; lines of later steps show it too. */
type Validation = Pick<Extract<MakeEvent, { kind: 'validation' }>, 'step' | 'bitsPerByte'>;

/** The parts of the progress line, most important first; where they do not fit, the highest `rank` is dropped first. */
function stepParts(e: StepEvent, val: Validation | undefined): { text: string; rank: number }[] {
  const loss = e.loss.toFixed(3);
  const figure = (x: number, text: string, rank: number) => (Number.isFinite(x) ? [{ text, rank }] : []);
  return [
    { text: `step ${count(e.step)}/${count(e.steps)}`, rank: 0 },
    { text: `loss ${loss}`, rank: 0 },
    ...(val ? [{ text: `val ${val.bitsPerByte.toFixed(3)} bits/byte at ${count(val.step)}`, rank: 6 }] : []),
    { text: `lr ${e.learningRate.toExponential(1)}`, rank: 5 },
    // A follower of a job does not know all of these figures.
    ...figure(e.tokensPerSecond, `${count(e.tokensPerSecond)} tokens/s`, 2),
    ...figure(e.gflops, `${e.gflops.toFixed(e.gflops < 10 ? 1 : 0)} GFLOP/s`, 3),
    ...figure(e.peakShare, `${Math.round(e.peakShare * 100)}% of peak`, 4),
    ...figure(e.secondsLeft, `${duration(e.secondsLeft)} left`, 1),
  ];
}

/** The progress line in at most `width` columns. */
export function stepLine(event: StepEvent, width: number, validation?: Validation): string {
  const parts = stepParts(event, validation);
  const line = () => parts.map((part) => part.text).join('  ');
  while (textWidth(line()) > width && parts.some((part) => part.rank > 0)) {
    const worst = Math.max(...parts.map((part) => part.rank));
    parts.splice(
      parts.findIndex((part) => part.rank === worst),
      1,
    );
  }
  return fit(line(), width);
}

/** Shows a run's events on a terminal or in a log. */
export function createProgress(options: ProgressOptions): Progress {
  const { screen, now = () => performance.now() } = options;
  const live = options.live ?? canRedraw(screen);
  const color = options.color;
  const paint = (style: Style, text: string): string =>
    color === false
      ? text
      : color
        ? styleText(style, text, { validateStream: false })
        : styleText(style, text, {
            stream: screen as NodeJS.WriteStream,
            validateStream: screen instanceof Object && 'fd' in screen,
          });
  return withPlan(live ? liveProgress(screen, paint, now) : plainProgress(screen, now), now);
}

/** Steps of a session whose speed is the plan of the rest: the first one is slower. */
const PLAN_STEPS = 4;

/** Says at the end of training how long its first steps let expect. */
function withPlan(progress: Progress, now: () => number): Progress {
  let began = 0;
  let steps = 0;
  let planned: number | null = null;
  return {
    ...progress,
    event(e) {
      if (e.kind === 'stage' && e.stage === 'train' && e.state === 'start') {
        began = now();
        steps = 0;
        planned = null;
      } else if (e.kind === 'step' && ++steps === PLAN_STEPS && e.step < e.steps && Number.isFinite(e.secondsLeft)) {
        planned = (now() - began) / 1000 + e.secondsLeft;
      }
      const isEnd = e.kind === 'stage' && e.stage === 'train' && e.state === 'done' && planned !== null;
      const detail = isEnd ? [e.detail, `planned ${duration(planned!)}, took`].filter(Boolean).join('  ') : '';
      progress.event(isEnd ? { ...e, detail } : e);
    },
  };
}

type Paint = (style: Style, text: string) => string;

function liveProgress(screen: ProgressOptions['screen'], paint: Paint, now: () => number): Progress {
  const block = new LiveBlock(screen);
  const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  let points: Point[] = [];
  let every = 1; // steps per point
  let stage: { name: Stage; began: number; detail: string; fraction: number | undefined } | undefined;
  let step: StepEvent | undefined;
  let validation: Validation | undefined;
  let drawnAt = -Infinity;

  const frame = (): string[] => {
    const width = block.columns - 1;
    if (stage?.name === 'train' && step) {
      const lines: string[] = [];
      const height = Math.min(9, block.rows - 5);
      const curve = renderCurve(points, { width: Math.min(width, 100), height, steps: step.steps });
      if (curve.length) {
        const val = validation
          ? `, validation ${validation.bitsPerByte.toFixed(3)} bits/byte at ${count(validation.step)}`
          : '';
        lines.push(paint('dim', fit(`loss in nats${val}`, width)), ...curve.map((line) => paint('cyan', line)));
      }
      lines.push(stepLine(step, width, curve.length ? undefined : validation));
      return lines;
    }
    if (!stage) return [];
    const turn = spinner[Math.floor(now() / REDRAW_MS) % spinner.length];
    const share = stage.fraction === undefined ? '' : `${Math.floor(Math.min(1, stage.fraction) * 100)}%`;
    const text = [STAGES[stage.name], share, stage.detail].filter(Boolean).join('  ');
    return [fit(`${turn} ${text}`, width)];
  };
  const draw = (force = false) => {
    if (!force && now() - drawnAt < REDRAW_MS) return;
    drawnAt = now();
    block.draw(frame());
  };
  const finish = (mark: string, detail: string | undefined) => {
    if (!stage) return;
    const began = stage.began;
    if (stage.name === 'train' && step) {
      draw(true);
      block.keep(); // the whole curve stays
    }
    const text = [STAGES[stage.name], detail ?? '', duration((now() - began) / 1000)].filter(Boolean).join('  ');
    stage = undefined;
    block.above(`${mark} ${fit(text, block.columns - 3)}`);
  };
  const onResize = () => draw(true);
  screen.on?.('resize', onResize);
  const timer = setInterval(() => draw(), 2 * REDRAW_MS);
  timer.unref();

  return {
    event(e) {
      switch (e.kind) {
        case 'stage':
          if (stage?.name !== e.stage) stage = { name: e.stage, began: now(), detail: '', fraction: undefined };
          if (e.state === 'done') return finish(paint('green', '✓'), e.detail);
          stage.detail = e.detail ?? stage.detail;
          stage.fraction = e.fraction ?? stage.fraction;
          return draw(e.state === 'start');
        case 'step':
          if (stage?.name !== 'train') stage = { name: 'train', began: now(), detail: '', fraction: undefined };
          step = e;
          if (e.step % every === 0 || e.step < 100) points.push({ step: e.step, loss: e.loss });
          if (points.length > MAX_POINTS) {
            points = points.filter((_, i) => i % 2 === 0);
            every *= 2;
          }
          return draw(e.step === e.steps);
        case 'validation':
          if (Number.isFinite(e.bitsPerByte)) validation = e; // NaN if the corpus holds out no text
          return draw();
        case 'note':
          block.above(fit(`  ${e.text}`, block.columns - 1));
          return draw(true);
        case 'warning':
          block.above(paint('yellow', fit(`${WARNING}${e.text}`, Infinity)));
          return draw(true);
        case 'checkpoint':
          return;
      }
    },
    close() {
      clearInterval(timer);
      screen.off?.('resize', onResize);
      if (stage) draw(true);
      block.keep();
    },
  };
}

function plainProgress(screen: Screen, now: () => number): Progress {
  const print = (text: string) => screen.write(`${text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')}\n`);
  const began = new Map<Stage, number>();
  let printedAt = -Infinity;
  let printedStep = 0;
  let validation: Validation | undefined;
  let last: StepEvent | undefined;
  const printStep = (e: StepEvent) => {
    printedAt = now();
    printedStep = e.step;
    last = undefined;
    print(stepLine(e, Infinity, validation));
  };
  const flush = () => {
    if (last) printStep(last);
  };
  return {
    event(e) {
      switch (e.kind) {
        case 'stage': {
          if (e.state === 'start' || !began.has(e.stage)) {
            began.set(e.stage, now());
            print(`${STAGES[e.stage]} ...`);
          }
          if (e.state !== 'done') return;
          flush();
          const took = duration((now() - (began.get(e.stage) ?? now())) / 1000);
          return void print([STAGES[e.stage], 'done', e.detail ?? '', took].filter(Boolean).join('  '));
        }
        case 'step': {
          // A line every 5% of the steps or 30 s, at least 3 s apart.
          last = e;
          const waited = now() - printedAt;
          const due = e.step - printedStep >= e.steps / 20 || waited >= MAX_PLAIN_MS;
          if (waited >= MIN_PLAIN_MS && due) printStep(e);
          return;
        }
        case 'validation':
          if (Number.isFinite(e.bitsPerByte)) validation = e; // NaN if the corpus holds out no text
          return;
        case 'note':
          return void print(e.text);
        case 'warning':
          return void print(`${WARNING}${e.text}`);
        case 'checkpoint':
          return;
      }
    },
    close: flush,
  };
}
