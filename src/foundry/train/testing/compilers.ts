// A program of its own, run by compilers.test.ts under flags of V8: trains a little and prints its bits as the last line.
// Argument: a JSON of engine options, or `flags` to keep the engine from setting V8's flags itself.

import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import type { EngineOptions } from '../../../engine/index.ts';

const [how, threads] = process.argv.slice(2);
let options: EngineOptions = { tile: 16 };
if (how === 'flags') {
  v8.setFlagsFromString = () => {};
  syncBuiltinESMExports();
} else options = JSON.parse(how);

const { smallModel, smallTraining, trainingBits } = await import('./small.ts');
const model = smallModel({ hiddenSize: 52, intermediateSize: 75, numAttentionHeads: 2, numKeyValueHeads: 1 });
const train = smallTraining({ sequenceLength: 61, microBatchSize: 2, steps: 6 });
const bits = trainingBits(model, train, Number(threads), options);
process.stdout.write(`\n${JSON.stringify(bits)}\n`);
