// Our side of bench/generation.ts: jikji-generation.ts MODEL THREADS CONTEXT prints tokens a second as JSON.

import { openModel } from '../../src/foundry/load/index.ts';
import { openDecoder, type Piece, pagesOf } from '../../src/foundry/model/index.ts';

const [folder, threads, context] = process.argv.slice(2) as [string, string, string];
const TEXTS = 8;
const STEPS = 48;
const T = Number(context);
/** Positions of the text that is read, and from which one text goes on. */
const NEAR = Math.min(256, T / 2);

const model = openModel(folder);
const pages = pagesOf(T);
const size = { rows: 256, context: T, pages: TEXTS * pages, logits: TEXTS };
const decoder = openDecoder(model.config, size, { threads: Number(threads) }, model);
const own = (text: number) => Array.from({ length: pages }, (_, i) => text * pages + i);
const tokens = (count: number) => Array.from({ length: count }, (_, i) => (i * 7919) % model.tokenizer.vocabSize);

function seconds(work: () => void) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function read(text: number, from: number, to: number) {
  for (let at = from; at < to; at += size.rows) {
    const piece = tokens(Math.min(size.rows, to - at));
    decoder.forward([{ tokens: piece, start: at, pages: own(text) }]);
  }
}

/** One token after another of some texts, all at one position. */
function go(texts: readonly number[], from: number) {
  let next = texts.map(() => 1);
  for (let step = 0; step < STEPS; step++) {
    const pieces = texts.map((text, i): Piece => ({ tokens: [next[i]!], start: from + step, pages: own(text) }));
    decoder.forward(pieces);
    const logits = decoder.logits([...texts.keys()]);
    const V = logits.length / texts.length;
    next = texts.map((_, i) => {
      const row = logits.subarray(i * V, i * V + model.tokenizer.vocabSize);
      let best = 0;
      for (let id = 1; id < row.length; id++) if (row[id]! > row[best]!) best = id;
      return best;
    });
  }
}

read(0, 0, NEAR); // to warm up
go([0], NEAR);
const prefill = NEAR / seconds(() => read(0, 0, NEAR));
const decode = STEPS / seconds(() => go([0], NEAR));
for (let text = 1; text < TEXTS; text++) read(text, 0, NEAR);
const all = [...Array(TEXTS).keys()];
go(all, NEAR);
const batch = (TEXTS * STEPS) / seconds(() => go(all, NEAR));
const end = T - STEPS;
read(0, 0, end);
const far = STEPS / seconds(() => go([0], end));
decoder.close();
model.close();
console.log(JSON.stringify({ prefill, decode, far, batch }));
