// Forgeries by a maker who computes every hash, link and signature again: the check that docs/proof.md names finds each of them. Where
// that depends on chance, everything is replayed.

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRecipe, recipeToYaml } from '../foundry/index.ts';
import { Tokenizer, trainTokenizer } from '../foundry/tokenizer/index.ts';
import { bits64 } from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { auditForgery, auditRun, edit, findingsOf, makeTwoRuns } from './testing/audit-run.ts';
import { type Changes, changeTensor, checkpointOf } from './testing/run.ts';
import type { CheckName, Finding } from './types.ts';

const { bench, signer, run, other } = await makeTwoRuns();
const TOKENIZER = 'tokenizer/tokenizer.json';

/** The findings of the check that must refute a forgery. */
async function caught(copy: string, by: CheckName, options: Partial<AuditOptions> = {}): Promise<Finding[]> {
  const findings = findingsOf(await auditForgery(copy, options), by).filter(({ verdict }) => verdict === 'refuted');
  expect(findings).not.toEqual([]);
  return findings;
}

describe('the beginning', () => {
  test('another seed than claimed: origin', async () => {
    const copy = bench.forged(run, (at) => editRecipe(at, (recipe) => Object.assign(recipe, { seed: 4711 })), {
      commitment: { seed: (4711).toString(16).padStart(16, '0') },
    });
    expect(await caught(copy, 'origin')).toMatchObject([{ file: 'genesis.json', step: 0 }]);
  });

  test("another model's weights at the start of training: origin, and the first segment", async () => {
    // Genesis claims the honest S_0, and the first segment began from another state.
    const copy = bench.forged(run, (_, folder) => takeState(folder, 2));
    expect((await caught(copy, 'replay'))[0]).toMatchObject({
      file: 'checkpoints/step-000002/state.safetensors',
      step: 2,
      tensor: 'adamw.exp_avg.model.embed_tokens.weight',
    });
    const claimed = bench.forged(run, () => {}, { commitment: { stateRoot: 'ab'.repeat(32) } });
    expect(await caught(claimed, 'origin')).toMatchObject([{ file: 'genesis.json', step: 0 }]);
  });

  test('another tokenizer than the texts give: origin', async () => {
    const there = Tokenizer.load(join(run, TOKENIZER));
    const text = 'something else altogether, something else, quite something '.repeat(30);
    const strange = await trainTokenizer([{ text, weight: 1 }], { vocabSize: there.vocabSize });
    const copy = bench.forged(run, (at) => writeFileSync(at(TOKENIZER), strange.toJson()));
    const found = await auditRun(copy);
    expect(findingsOf(found, 'origin').map(({ file }) => file)).toContain(TOKENIZER);
  });

  test("another text than the corpus root's: origin", async () => {
    const copy = bench.forged(run, (at) =>
      edit(at('corpus/source-00.train.jsonl'), (text) =>
        text.replace(/[a-z]/, (letter) => (letter === 'q' ? 'r' : 'q')),
      ),
    );
    expect((await caught(copy, 'origin')).map((finding) => finding.file)).toContain('corpus/manifest.json');
  });
});

describe('the schedule', () => {
  test("other data than the manifest's, with other weights than the recipe's", async () => {
    const copy = bench.forged(run, (at) => {
      editRecipe(at, (recipe) => Object.assign(recipe.corpus.sources[1]!, { weight: 1 }));
      edit(at('corpus/manifest.json'), (text) => text.replace('"weight": 2.5', '"weight": 1'));
    });
    await caught(copy, 'schedule');
  });
});

describe('states', () => {
  test('a small change of a norm weight: replay, which names step and tensor', async () => {
    const copy = bench.forged(run, (_, folder) =>
      changeTensor(folder, 12, 'model.norm.weight', (values) => {
        values[3] = values[3]! * (1 + 2 ** -20);
      }),
    );
    const findings = await caught(copy, 'replay', { replay: 'all' });
    expect(findings[0]).toMatchObject({
      file: 'checkpoints/step-000012/state.safetensors',
      step: 12,
      tensor: 'model.norm.weight',
    });
    expect(findings[1]).toMatchObject({ file: 'transcript.jsonl', step: 13 });
  });
});

describe('only replay can find', () => {
  test('invented losses', async () => {
    const copy = altered((records) => Object.assign(records[13]!, { loss: bits64(1.5) }));
    const findings = await caught(copy, 'replay', { replay: 'all' });
    expect(findings).toMatchObject([{ file: 'transcript.jsonl', step: 14 }]);
    expect(findings[0]!.text).toContain('1.5');
  });

  test('a forged segment with the reported chance', async () => {
    const copy = altered((records) =>
      Object.assign(records[13]!, {
        loss: bits64(Buffer.from(String(records[13]!.loss), 'hex').readDoubleBE() * (1 + 1e-12)),
      }),
    );
    // Some challenge draws every candidate; the forged segment is found if, and only if, it is drawn.
    let met = 0;
    for (let i = 0; i < 12; i++) {
      const found = await auditRun(copy, { challenge: i.toString(16).padStart(64, '0') });
      const drawn = found.replayed.some((s) => s.from < 14 && 14 <= s.to);
      expect(found.verdict).toBe(drawn ? 'refuted' : 'holds');
      if (drawn) met++;
    }
    expect(met).toBeLessThan(12);
  });
});

test("kept states withheld by a shorter list: the plan is the recipe's", async () => {
  const kept = [2, 4, 6, 8, 10, 14, 16, 18, 20, 22, 24, 25];
  const copy = bench.forged(run, (_, folder) => rmSync(checkpointOf(folder, 12), { recursive: true }), {
    commitment: { kept },
  });
  expect((await auditRun(copy)).checks[0]).toMatchObject({ verdict: 'refuted', findings: [{ file: 'genesis.json' }] });
});

test('a recipe under which motion would mean nothing: policy', async () => {
  for (const train of [{ beta1: 0.99, beta2: 0.95 }, { eps: 1e-20 }, { learningRate: 5, weightDecay: 0.5 }]) {
    const made = await bench.make(signer, { train: { steps: 3, ...train, warmupSteps: 1000 } });
    expect(await caught(made, 'policy')).toMatchObject([{ file: 'recipe.yaml' }]);
  }
});

/** Changes a run's recipe in its written form. */
function editRecipe(at: (name: string) => string, change: (recipe: ReturnType<typeof parseRecipe>) => unknown): void {
  edit(at('recipe.yaml'), (text) => {
    const recipe = parseRecipe(text, { file: 'recipe.yaml' });
    change(recipe);
    return recipeToYaml(recipe);
  });
}

/** The state of the other run in the place of this one's. */
function takeState(folder: string, step: number): void {
  cpSync(checkpointOf(other, step), checkpointOf(folder, step), { recursive: true });
}

/** A copy with other records. */
function altered(records: NonNullable<Changes['records']>): string {
  return bench.forged(run, () => {}, { records });
}
