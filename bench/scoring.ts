// `node bench/scoring.ts SHAPE`: the speed of evaluation on random tokens, in windows of the shape's length. Prints one JSON object. The
// weights are random: the arithmetic does not depend on them.

import { availableParallelism } from 'node:os';
import { Scorer, sizeOf } from '../src/foundry/evaluate/scorer.ts';
import { configOfShape, SHAPES, type Shape } from '../src/foundry/index.ts';
import { flopsPerToken, openDecoder, parameterCount } from '../src/foundry/model/index.ts';

const WARM_UP = 2;
const ROUNDS = 5;

const shape = process.argv[2] as Shape;
const { sequenceLength, batchSize } = SHAPES[shape];
const config = configOfShape(shape);
const { vocabSize } = config;
const read = (_: string, values: Float32Array) => {
  for (let i = 0; i < values.length; i++) values[i] = 0.02 * (Math.random() - 0.5);
};
const decoder = openDecoder(config, sizeOf({ config }), { threads: availableParallelism() }, { read });
const scorer = new Scorer(decoder, vocabSize);
const peak = decoder.engine.measurePeak();
const token = () => Math.floor(Math.random() * vocabSize);
const seconds: number[] = [];
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  const requests = Array.from({ length: batchSize }, () => ({
    context: [token()],
    continuation: Array.from({ length: sequenceLength }, token),
  }));
  const start = performance.now();
  await scorer.score(requests);
  seconds.push((performance.now() - start) / 1000);
}
scorer.close();
const median = seconds.slice(WARM_UP).sort((a, b) => a - b)[ROUNDS >> 1]!;
const tokensPerSecond = (batchSize * sequenceLength) / median;
const gflops = (tokensPerSecond * flopsPerToken(config, sequenceLength)) / 3e9; // forward: a third of training's
const result = {
  tokensPerSecond,
  gflops,
  peakGflops: peak,
  parameters: parameterCount(config),
  utilisation: gflops / peak,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
