// Progress on a terminal is checked on a small simulated terminal; plain progress line by line.

import { afterEach, expect, test } from 'vitest';
import { textWidth } from '../base/index.ts';
import { createProgress, type Progress, stepLine } from './progress.ts';
import type { MakeEvent } from './rooms.ts';

/** As much of a terminal as is needed: rows that wrap, CR, LF, cursor up, erase to the end. */
class Terminal {
  isTTY = true as const;
  columns: number;
  rows = 30;
  text: string[][] = [[]];
  #x = 0;
  #y = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(data: string): boolean {
    for (const [token] of data.matchAll(/\x1b\[\d*[A-Za-z]|[\s\S]/gu)) {
      if (token === '\n') this.#to(0, this.#y + 1);
      else if (token === '\r') this.#x = 0;
      else if (/^\x1b\[\d*A$/.test(token)) this.#to(this.#x, this.#y - Number(token.slice(2, -1)));
      else if (token === '\x1b[J') {
        this.text.length = this.#y + 1;
        this.text[this.#y].length = Math.min(this.text[this.#y].length, this.#x);
      } else if (token.startsWith('\x1b')) {
        if (!token.endsWith('m')) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
      } else {
        if (this.#x + textWidth(token) > this.columns) this.#to(0, this.#y + 1);
        this.text[this.#y][this.#x] = token;
        this.#x += textWidth(token);
      }
    }
    return true;
  }

  #to(x: number, y: number): void {
    this.#x = x;
    this.#y = Math.max(0, y);
    while (this.text.length <= this.#y) this.text.push([]);
  }

  get lines(): string[] {
    return this.text.map((row) => Array.from(row, (c) => c ?? '').join(''));
  }
}

let open: Progress | undefined;
afterEach(() => open?.close());

function start(screen: { write(text: string): boolean; columns?: number }, live: boolean) {
  const clock = { ms: 0 };
  const progress = createProgress({ screen, live, color: false, now: () => clock.ms });
  open = progress;
  return { progress, clock };
}

const step = (n: number, steps = 190): Extract<MakeEvent, { kind: 'step' }> => ({
  kind: 'step',
  step: n,
  steps,
  loss: 9 - (5 * n) / steps,
  learningRate: 1e-3,
  gradNorm: 1,
  tokensPerSecond: 2950.4,
  gflops: 112.3,
  peakShare: 0.553,
  secondsLeft: 92,
});

test('the line shows all values, and drops the least important first where there is no room', () => {
  const whole =
    'step 95/190  loss 6.500  val 2.345 bits/byte at 50  lr 1.0e-3  2,950 tokens/s  112 GFLOP/s  55% of peak  1m 32s left';
  expect(stepLine(step(95), 200, { step: 50, bitsPerByte: 2.345 })).toBe(whole);
  expect(stepLine(step(95), 80)).toBe('step 95/190  loss 6.500  2,950 tokens/s  112 GFLOP/s  55% of peak  1m 32s left');
  expect(stepLine(step(95), 40)).toBe('step 95/190  loss 6.500  1m 32s left');
  expect(stepLine(step(95), 30)).toBe('step 95/190  loss 6.500');
  const validation = { step: 50, bitsPerByte: 2 };
  for (let width = 1; width < 130; width++)
    expect(textWidth(stepLine(step(95), width, validation))).toBeLessThanOrEqual(width);
});

test.each([100, 60, 41, 20, 8])(
  'in a terminal of %d columns the final output is stages, curve and notes only',
  (columns) => {
    const terminal = new Terminal(columns);
    const { progress, clock } = start(terminal, true);
    progress.event({ kind: 'stage', stage: 'corpus', state: 'start' });
    for (let i = 0; i < 10; i++) {
      clock.ms += 150;
      progress.event({
        kind: 'stage',
        stage: 'corpus',
        state: 'progress',
        fraction: i / 10,
        detail: '말뭉치를 읽는 중 docs/ko',
      });
    }
    progress.event({ kind: 'stage', stage: 'corpus', state: 'done', detail: '5.3 MB' });
    progress.event({ kind: 'stage', stage: 'train', state: 'start' });
    for (let n = 1; n <= 190; n++) {
      clock.ms += 150;
      progress.event(step(n));
      if (n === 100) progress.event({ kind: 'validation', step: n, bitsPerByte: 2.125 });
      if (n === 120) progress.event({ kind: 'note', text: 'a note' });
    }
    progress.event({ kind: 'stage', stage: 'train', state: 'done' });
    progress.close();
    const lines = terminal.lines;
    expect(lines[0]).toMatch(/^✓ rea/);
    expect(lines[1]).toBe('  a note'.length < columns ? '  a note' : '  a no…');
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('step '))).toHaveLength(1);
    expect(lines.some((line) => /[⠁-⣿]/.test(line))).toBe(columns > 17);
    expect(lines.at(-1)).toBe('');
    expect(lines).toHaveLength(columns > 17 ? 15 : 5); // stage, note, (title, 7 + 2 of curve), step, stage, the cursor's
    if (columns === 100) {
      expect(lines[0]).toBe('✓ reading the texts  5.3 MB  2s');
      expect(lines[2]).toBe('loss in nats, validation 2.125 bits/byte at 100');
      expect(lines.at(-3)).toContain('step 190/190  loss 4.000');
    }
  },
);

test('a narrower terminal is redrawn, without an error', () => {
  const terminal = new Terminal(100);
  const { progress, clock } = start(terminal, true);
  for (let n = 1; n <= 100; n++) {
    clock.ms += 150;
    if (n === 50) terminal.columns = 30;
    if (n === 70) terminal.columns = 90;
    if (n === 80) terminal.rows = 5;
    progress.event(step(n, 100));
  }
  progress.close();
  expect(terminal.lines.at(-2)).toContain('step 100/100');
});

test('a log gets few plain lines, the last step among them', () => {
  let text = '';
  const write = (t: string) => {
    text += t;
    return true;
  };
  const { progress, clock } = start({ write }, false);
  progress.event({ kind: 'stage', stage: 'corpus', state: 'start' });
  progress.event({ kind: 'stage', stage: 'corpus', state: 'done', detail: '5.3 MB\x1b[31m' });
  progress.event({ kind: 'stage', stage: 'train', state: 'start' });
  for (let n = 1; n <= 1000; n++) {
    clock.ms += 100; // 100 s in all: 5% are 5 s
    progress.event(step(n, 1000));
  }
  progress.event({ kind: 'stage', stage: 'train', state: 'done' });
  progress.close();
  expect(text).not.toContain('\x1b');
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toBe('reading the texts ...');
  const steps = lines.filter((line) => line.startsWith('step '));
  expect(steps[0]).toMatch(/^step 1\/1,000 /);
  expect(steps.at(-1)).toMatch(/^step 1,000\/1,000 /);
  expect(steps.length).toBeGreaterThan(10);
  expect(steps.length).toBeLessThan(25);
  expect(lines.at(-1)).toBe('training the model  done  planned 1m 32s, took  1m 40s');
});

test('a fast run prints few lines, a slow run still prints some', () => {
  const said = (steps: number, ms: number) => {
    let lines = 0;
    const { progress, clock } = start({ write: () => Boolean(++lines) }, false);
    for (let n = 1; n <= steps; n++) {
      clock.ms += ms;
      progress.event(step(n, steps));
    }
    progress.close();
    return lines;
  };
  expect(said(1000, 1)).toBe(2); // one second: the first and the last
  expect(said(100_000, 1000)).toBeGreaterThan(3000); // a day: every half minute
});

test('the end of training says what its first steps let expect', () => {
  const lines: string[] = [];
  const { progress, clock } = start({ write: (text) => lines.push(text) > 0 }, false);
  progress.event({ kind: 'stage', stage: 'train', state: 'start' });
  for (let at = 1; at <= 20; at++) {
    clock.ms += at <= 4 ? 1000 : 2000;
    const figures = { loss: 1, learningRate: 1, gradNorm: 1, tokensPerSecond: 1, gflops: 1, peakShare: 1 };
    progress.event({ kind: 'step', step: at, steps: 20, ...figures, secondsLeft: 20 - at });
  }
  progress.event({ kind: 'stage', stage: 'train', state: 'done', detail: '20 steps' });
  expect(lines.join('')).toContain('20 steps  planned 20s, took  36s');
});
