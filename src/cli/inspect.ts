// `jikji inspect MODEL`: what a model is, without reading its weights.

import type { Command } from 'commander';
import { count } from '../base/index.ts';
import type { Inspection } from '../foundry/load/index.ts';
import { architectureOf, headDim } from '../foundry/model/index.ts';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { bytes, fit, short, table } from './text.ts';

export function addInspect(program: Command, output: Output): void {
  program
    .command('inspect')
    .description(
      'Tells what a model is: its shape, size, types, files and tokenizer. Reads no weight, whatever its size.',
    )
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .option('--tensors', 'list the tensors too')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} inspect runs/hello --tensors`)
    .action(async (model: string, options: { tensors?: boolean }) => {
      const { inspectModel } = await import('../foundry/load/index.ts');
      const { tensors, ...rest } = inspectModel(model);
      output.result({ ...rest, ...(options.tensors && { tensors }) }, () => {
        output.lines(describe(rest));
        if (!options.tensors) return;
        output.line();
        const rows = tensors.map((t) => [
          fit(t.name, 70),
          t.dtype,
          t.shape.join(' x '),
          bytes(t.bytes),
          fit(t.file, 60),
        ]);
        output.lines(table([['tensor', 'type', 'shape', 'size', 'file'], ...rows], [2, 3]));
      });
    });
}

function describe({ config: c, ...model }: Omit<Inspection, 'tensors'>): string[] {
  const total = model.files.reduce((sum, file) => sum + file.bytes, 0);
  const scaling = c.ropeScaling ? `, scaled (${c.ropeScaling.type}, factor ${c.ropeScaling.factor})` : '';
  const types = Object.entries(model.dtypes).map(
    ([dtype, { tensors, numbers }]) => `${dtype} (${count(tensors)} tensors, ${short(numbers)} numbers)`,
  );
  const { tokenizer } = model;
  const ends = tokenizer && [tokenizer.bosToken, tokenizer.eosToken].map((token) => token && fit(token, 40));
  const rows = [
    ['model', fit(model.folder, 1000)],
    ['architecture', architectureOf(c).title],
    ['parameters', `${short(model.parameters)} (${count(model.parameters)})`],
    ['context', `${count(c.maxPositionEmbeddings)} tokens`],
    ['layers', `${c.numHiddenLayers} of ${count(c.hiddenSize)}, inside ${count(c.intermediateSize)}`],
    ['heads', `${c.numAttentionHeads} of ${headDim(c)}, ${c.numKeyValueHeads} for keys and values`],
    ['rotation', `theta ${count(c.ropeTheta)}${scaling}`],
    ['vocabulary', `${count(c.vocabSize)}, head ${c.tieWordEmbeddings ? 'tied to the embedding' : 'of its own'}`],
    ['types', types.join(', ')],
    [
      'tokenizer',
      tokenizer
        ? `${tokenizer.kind}, ${count(tokenizer.vocabSize)} entries, begins ${ends![0] ?? '-'}, ends ${ends![1] ?? '-'}`
        : 'none in this folder',
    ],
    ['chat template', model.chatTemplate ? 'yes' : 'none: it continues a text'],
    ['files', `${count(model.files.length)}, ${bytes(total)}`],
  ];
  return [
    ...(model.note === null ? [] : [model.note]),
    ...table(rows),
    ...table(
      model.files.map((file) => ['  ', fit(file.name, 80), bytes(file.bytes)]),
      [2],
    ),
  ];
}
