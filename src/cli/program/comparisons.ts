// `jikji program comparisons`: whose weights were compared with whose, and what is proposed to the panel. Changes nothing.

import { fit } from '../text.ts';
import type { OpenProgramme } from './opened.ts';
import { type NewVerb, next, type VerbResult } from './verb.ts';

async function comparisonsOf({ tables, room, nameOf }: OpenProgramme, stage: string): Promise<VerbResult> {
  const comparisons = room.comparisonsShown(tables, stage);
  const proposals = room.proposalsShown(tables, stage);
  const isCompared = room.bookOfStage(tables, stage).originality.lineage !== undefined;
  const lines = comparisons.flatMap(({ submission, consortium, with: other, parts, problem, tokenizer }) => [
    `${submission} (${nameOf(consortium)}) with ${other.id}${other.consortium === null ? '' : ` (${nameOf(other.consortium)})`}`,
    ...(parts ?? []).map(({ name, word, seen }) => `  ${name.en}: ${word.en}${seen.en === '' ? '' : `; ${seen.en}`}`),
    ...[problem, tokenizer].flatMap((text) => (text ? [`  ${fit(text.en, 400)}`] : [])),
  ]);
  const proposed = proposals.flatMap(({ id, component, consortium, verdict, said, answer }) => [
    `\n${id}: ${nameOf(consortium)}, ${component}: ${verdict} is proposed`,
    `  ${said.en}`,
    answer === null
      ? '  The panel has not answered it.'
      : answer.kind === 'signed'
        ? `  Signed as ${answer.finding}.`
        : `  Rejected by ${answer.by}: ${answer.reason}`,
  ]);
  const open = proposals.find(({ answer }) => answer === null);
  const none = isCompared
    ? 'Nothing was submitted that could be compared.'
    : 'The rule book of this stage compares no weights.';
  return {
    json: { stage, comparisons, proposals },
    lines: [
      ...(comparisons.length > 0 ? lines : [none]),
      ...proposed,
      ...(open
        ? [next(`finding ${open.consortium} ${open.component} VERDICT --proposal ${open.id}, or reject ${open.id}`)]
        : []),
    ],
  };
}

export function addComparisons(verb: NewVerb): void {
  verb('comparisons', 'whose weights were compared with whose, and the findings that are proposed')
    .example('comparisons stage-1')
    .stageArgument()
    .handle((stage: string | undefined) => (opened) => comparisonsOf(opened, opened.stageOf(stage)));
}
