// `jikji program score, finding`: figures that others measured, and what a panel found.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import { signerNamed } from '../key.ts';
import type { Output } from '../output.ts';
import { type Common, note, OFFICE_KEY, signerOrNew, stageOf, verb, withProgramme } from './common.ts';
import { type Source, sourceOf, sourceOptions } from './source.ts';

export function addScore(program: Command, output: Output): void {
  sourceOptions(
    verb(
      program,
      'score',
      'enter a figure that others measured',
      'score han benchmark.nia 8.5 --publisher NIA --date 2026-01-10',
    ),
  )
    .argument('<consortium>')
    .argument('<part>', 'a part of the rule book, such as benchmark or benchmark.nia')
    .argument('<points>', 'a number, or "not published"')
    .option('--stage <id>', 'default: the last one')
    .action(async (consortium: string, part: string, text: string, options: Common & Source & { stage?: string }) => {
      const value = text === 'not published' ? text : text.trim() === '' ? Number.NaN : Number(text);
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new JikjiError('usage', 'points are a number', text, 'write a number, or "not published"');
      const source = sourceOf(options, part);
      const result = await withProgramme(options, async ({ tables, nameOf, perform }) => {
        const figure = { stage: stageOf(tables, options.stage), consortium, part, value, source };
        const names = { consortium: '<consortium>', part: '<part>', value: '<points>' };
        return { ...(await perform('enterScore', figure, { names })), name: nameOf(consortium) };
      });
      output.result(result, () =>
        output.line(`${result.name}, ${result.part}: ${text} of ${result.max} (entry ${result.seq})`),
      );
    });
}

interface Finding extends Common {
  by: string;
  text: string;
  stage?: string;
  key: string;
}

export function addFinding(program: Command, output: Output): void {
  verb(
    program,
    'finding',
    "the panel's signed word on a component of a team's model",
    'finding han tokenizer own --by "Panel" --text "Compared with ..."',
  )
    .argument('<consortium>')
    .argument('<component>', 'one that the rule book names')
    .argument('<verdict>', 'own, derived, frozen-foreign or unknown')
    .requiredOption('--by <name>', 'who answers for it')
    .requiredOption('--text <text>', 'what was found, and how')
    .option('--stage <id>', 'default: the last one')
    .option('--key <name>', "the key that signs it: that of the panel's member", OFFICE_KEY)
    .action(async (consortium: string, component: string, verdict: string, { by, text, ...options }: Finding) => {
      const signer = options.key === OFFICE_KEY ? await signerOrNew(OFFICE_KEY, note) : await signerNamed(options.key);
      const result = await withProgramme(options, async ({ tables, nameOf, perform }) => {
        const finding = { stage: stageOf(tables, options.stage), consortium, component, verdict, by, text };
        const names = { consortium: '<consortium>', component: '<component>', verdict: '<verdict>', by: '--by' };
        const { id } = await perform('addFinding', finding, { names, by: { signer: async () => signer } });
        return { id, ...finding, name: nameOf(consortium) };
      });
      output.result(result, () => output.line(`${result.id}: ${result.name}, ${component}: ${verdict}`));
    });
}
