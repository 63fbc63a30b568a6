// `jikji program score, finding, reject`: figures from outside, the panel's findings, and its answers to proposed ones.

import { JikjiError } from '../../base/index.ts';
import type { By } from '../../program/index.ts';
import { openSigner } from '../key.ts';
import { note } from '../output.ts';
import { OFFICE_KEY, signerOrNew } from './office-key.ts';
import type { NewVerb } from './verb.ts';

function readPoints(text: string): number | string {
  const value = text === 'not published' ? text : text.trim() === '' ? Number.NaN : Number(text);
  if (typeof value === 'string' || Number.isFinite(value)) return value;
  throw new JikjiError('usage', 'points are a number', text, 'write a number, or "not published"');
}

export function addScore(verb: NewVerb): void {
  verb('score', 'enter a figure that others measured')
    .example('score han benchmark.nia 8.5 --publisher NIA --date 2026-01-10')
    .takes('enterScore', {
      source: true,
      consortium: '<consortium>',
      part: '<part>',
      value: ['<points>', readPoints],
      stage: true,
    })
    .does('enterScore', async ({ nameOf, perform }, figure) => {
      const entered = await perform('enterScore', figure);
      const name = nameOf(figure.consortium);
      return {
        json: { ...entered, name },
        lines: [`${name}, ${entered.part}: ${entered.value} of ${entered.max} (entry ${entered.seq})`],
      };
    });
}

/** The key that an answer of the panel is signed with. */
async function signedBy({ key }: { key: string }): Promise<Partial<By>> {
  const signer = await (key === OFFICE_KEY ? signerOrNew(OFFICE_KEY, note) : openSigner(key));
  return { signer: async () => signer };
}
const keyOption = ['--key <name>', "the key that signs it: that of the panel's member", OFFICE_KEY] as const;

export function addFinding(verb: NewVerb): void {
  verb('finding', "the panel's signed word on a component of a team's model")
    .example('finding han tokenizer own --by "Panel" --text "Compared with ..."')
    .takes('addFinding', {
      consortium: '<consortium>',
      component: '<component>',
      verdict: '<verdict>',
      by: '--by <name>',
      text: true,
      proposal: '--proposal <id>',
      stage: true,
    })
    .option(...keyOption)
    .does(
      'addFinding',
      async ({ nameOf, perform }, { proposal, ...given }, signed) => {
        const { stage, consortium, component, verdict, by, text } = given;
        const finding = {
          stage,
          consortium,
          component,
          verdict,
          by,
          text,
          ...(proposal !== undefined && { proposal }),
        };
        const { id } = await perform('addFinding', finding, signed);
        const name = nameOf(consortium);
        return { json: { id, ...finding, name }, lines: [`${id}: ${name}, ${component}: ${verdict}`] };
      },
      signedBy,
    );
}

export function addReject(verb: NewVerb): void {
  verb('reject', 'the panel rejects a proposed finding, signed, with its reason')
    .example('reject c-3f2a90b1c4d5e6f7-mlp --by "Panel" --reason "The reference is their own earlier model"')
    .takes('rejectProposal', { proposal: '<proposal>', by: '--by <name>', reason: true, stage: true })
    .option(...keyOption)
    .does(
      'rejectProposal',
      async ({ perform }, rejection, signed) => {
        await perform('rejectProposal', rejection, signed);
        return { json: rejection, lines: [`${rejection.proposal}: rejected`] };
      },
      signedBy,
    );
}
