// The curve of a run for the log: of many steps those that a picture needs. Each stretch keeps its lowest and its highest loss, so
// that no spike is lost. Reads a transcript that the audit has read; what is wrong with one is the audit's to say.

import { closeSync, openSync, readSync } from 'node:fs';

export interface Curve {
  step: number[];
  loss: (number | null)[];
  gradNorm: (number | null)[];
  learningRate: (number | null)[];
}

/** Points at most: two of each stretch, the first and the last. */
export const MOST_POINTS = 2000;
const STRETCHES = (MOST_POINTS - 2) / 2;

interface Point {
  step: number;
  loss: number;
  gradNorm: number;
  learningRate: number;
}

const LINE =
  /^\{"batch":"[0-9a-f]{64}","gradNorm":"([0-9a-f]{16})","learningRate":"([0-9a-f]{8})","link":"[0-9a-f]{64}","loss":"([0-9a-f]{16})"[^}]*,"step":([1-9][0-9]{0,9})\}$/;
const LONGEST_LINE = 512;

/** Steps 1 to `count` at most; undefined where there is none to be shown. */
export function curveOf(transcript: string, count: number): Curve | undefined {
  const points: Point[] = [];
  const width = count <= MOST_POINTS ? 1 : Math.ceil(count / STRETCHES);
  let low: Point | undefined;
  let high: Point | undefined;
  let last: Point | undefined;
  const flush = (): void => {
    for (const point of [low, high].sort((a, b) => (a?.step ?? 0) - (b?.step ?? 0)))
      if (point && point.step > (points.at(-1)?.step ?? 0)) points.push(point);
    low = undefined;
    high = undefined;
  };
  for (const point of pointsOf(transcript, count)) {
    last = point;
    if (point.step === 1 || width === 1) {
      points.push(point);
      continue;
    }
    if (!low || point.loss < low.loss) low = point;
    if (!high || point.loss > high.loss) high = point;
    if (point.step % width === 0) flush();
  }
  flush();
  if (last && last.step > points.at(-1)!.step) points.push(last);
  if (points.length === 0) return undefined;
  const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
  return {
    step: points.map(({ step }) => step),
    loss: points.map(({ loss }) => finite(loss)),
    gradNorm: points.map(({ gradNorm }) => finite(gradNorm)),
    learningRate: points.map(({ learningRate }) => finite(learningRate)),
  };
}

function* pointsOf(transcript: string, count: number): Generator<Point> {
  let step = 0;
  for (const line of linesOf(transcript)) {
    const [, gradNorm, learningRate, loss, number] = LINE.exec(line) ?? [];
    if (step === count || Number(number) !== step + 1) return;
    step++;
    yield {
      step,
      loss: Buffer.from(loss!, 'hex').readDoubleBE(),
      gradNorm: Buffer.from(gradNorm!, 'hex').readDoubleBE(),
      learningRate: Buffer.from(learningRate!, 'hex').readFloatBE(),
    };
  }
}

function* linesOf(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(1 << 16);
    let rest = '';
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) {
      const lines = (rest + piece.toString('latin1', 0, n)).split('\n');
      rest = lines.pop()!;
      yield* lines;
      if (rest.length > LONGEST_LINE) return;
    }
  } finally {
    closeSync(fd);
  }
}
