// `jikji program score, finding, reject`: figures from outside, the panel's findings, and its answers to proposed ones.

import { JikjiError } from '../../base/index.ts';
import { openSigner } from '../key.ts';
import { note } from '../output.ts';
import { OFFICE_KEY, signerOrNew } from './office-key.ts';
import { type Source, sourceOf, sourceOptions } from './source.ts';
import type { NewVerb } from './verb.ts';

export function addScore(verb: NewVerb): void {
  sourceOptions(verb('score', 'enter a figure that others measured'))
    .example('score han benchmark.nia 8.5 --publisher NIA --date 2026-01-10')
    .argument('<consortium>')
    .argument('<part>', 'a part of the rule book, such as benchmark or benchmark.nia')
    .argument('<points>', 'a number, or "not published"')
    .stageOption()
    .handle((consortium: string, part: string, text: string, { stage, ...given }: Source & { stage?: string }) => {
      const value = text === 'not published' ? text : text.trim() === '' ? Number.NaN : Number(text);
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new JikjiError('usage', 'points are a number', text, 'write a number, or "not published"');
      const source = sourceOf(given, part);
      return async ({ stageOf, nameOf, perform }) => {
        const figure = { stage: stageOf(stage), consortium, part, value, source };
        const entered = await perform('enterScore', figure, { names: { value: '<points>' } });
        const name = nameOf(consortium);
        return {
          json: { ...entered, name },
          lines: [`${name}, ${entered.part}: ${text} of ${entered.max} (entry ${entered.seq})`],
        };
      };
    });
}

/** Who signs an answer of the panel. */
interface Signed {
  by: string;
  stage?: string;
  key: string;
}

interface Finding extends Signed {
  text: string;
  proposal?: string;
}

const panelSigner = (key: string) => (key === OFFICE_KEY ? signerOrNew(OFFICE_KEY, note) : openSigner(key));
const keyOption = ['--key <name>', "the key that signs it: that of the panel's member", OFFICE_KEY] as const;

export function addFinding(verb: NewVerb): void {
  verb('finding', "the panel's signed word on a component of a team's model")
    .example('finding han tokenizer own --by "Panel" --text "Compared with ..."')
    .argument('<consortium>')
    .argument('<component>', 'one that the rule book names')
    .argument('<verdict>', 'own, derived, frozen-foreign or unknown')
    .requiredOption('--by <name>', 'who answers for it')
    .requiredOption('--text <text>', 'what was found, and how')
    .option('--proposal <id>', 'the proposed finding that it answers: program comparisons lists them')
    .stageOption()
    .option(...keyOption)
    .handle(async (consortium: string, component: string, verdict: string, given: Finding) => {
      const { by, text, stage, key, proposal } = given;
      const signer = await panelSigner(key);
      return async ({ stageOf, nameOf, perform }) => {
        const answers = proposal === undefined ? {} : { proposal };
        const finding = { stage: stageOf(stage), consortium, component, verdict, by, text, ...answers };
        const { id } = await perform('addFinding', finding, { by: { signer: async () => signer } });
        const name = nameOf(consortium);
        return { json: { id, ...finding, name }, lines: [`${id}: ${name}, ${component}: ${verdict}`] };
      };
    });
}

export function addReject(verb: NewVerb): void {
  verb('reject', 'the panel rejects a proposed finding, signed, with its reason')
    .example('reject c-3f2a90b1c4d5e6f7-mlp --by "Panel" --reason "The reference is their own earlier model"')
    .argument('<proposal>', 'program comparisons lists them')
    .requiredOption('--by <name>', 'who answers for it')
    .requiredOption('--reason <text>', 'why it is rejected')
    .stageOption()
    .option(...keyOption)
    .handle(async (proposal: string, { by, reason, stage, key }: Signed & { reason: string }) => {
      const signer = await panelSigner(key);
      return async ({ stageOf, perform }) => {
        const rejection = { stage: stageOf(stage), proposal, by, reason };
        await perform('rejectProposal', rejection, { by: { signer: async () => signer } });
        return { json: rejection, lines: [`${proposal}: rejected`] };
      };
    });
}
