// Transcripts for tests and measurements, in the form that `make` writes, of any length. The chain is a real one.

import { createHash } from 'node:crypto';
import { bits32, bits64 } from '../index.ts';

export interface MadeStep {
  step: number;
  loss: number;
  gradNorm: number;
  learningRate: number;
  root?: string;
}

/** Figures of a step that anybody can work out again. */
export function figures(step: number, seed = 1): MadeStep {
  const wave = (k: number) => Math.sin(step * k + seed);
  const spike = step % 997 === 500 ? 5 : 0;
  return {
    step,
    loss: 10 / Math.sqrt(step + 1) + 0.05 * wave(12.9898) + spike,
    gradNorm: 1 + 0.5 * wave(78.233),
    learningRate: Math.fround(1e-3 / (1 + step / 1e5)),
    ...(step % 100 === 0 && { root: createHash('sha256').update(`${seed} ${step}`).digest('hex') }),
  };
}

/** A record behind `link`, and its line without the newline. The chain is worked out here, from its definition. */
export function recordLine(record: MadeStep, before = 'ab'.repeat(32)): { line: string; link: string } {
  const { step, loss, gradNorm, learningRate, root } = record;
  const batch = createHash('sha256').update(String(step)).digest('hex');
  const head = `{"batch":"${batch}","gradNorm":"${bits64(gradNorm)}","learningRate":"${bits32(learningRate)}",`;
  const tail = `"loss":"${bits64(loss)}"${root === undefined ? '' : `,"stateRoot":"${root}"`},"step":${step}}`;
  const link = createHash('sha256')
    .update(Buffer.from(before, 'hex'))
    .update(head + tail)
    .digest('hex');
  return { line: `${head}"link":"${link}",${tail}`, link };
}

/** Lines of the transcript from step 1 on, each with its newline. */
export function* lines(steps: number, of: (step: number) => MadeStep = figures): Generator<string> {
  let link: string | undefined;
  for (let step = 1; step <= steps; step++) {
    const made = recordLine({ ...of(step), step }, link);
    link = made.link;
    yield `${made.line}\n`;
  }
}
