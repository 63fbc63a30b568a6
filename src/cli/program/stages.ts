// `jikji program register, open, close, standings, decide, appeal, finish`: a stage from its rule book to its final decision.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import type { OpenProgramme } from './opened.ts';
import { decisionLines, outcomeJson, outcomeLines } from './outcome.ts';
import { readRuleBook } from './rule-books.ts';
import { sourceText } from './source.ts';
import { type NewVerb, next } from './verb.ts';

/** Rethrows; a stage that lacks something gets a hint to --anyway. */
const rethrowWithAnyway = (error: unknown): never => {
  if (!(error instanceof JikjiError && error.code === 'stage-lacking')) throw error;
  throw error.reworded({ hint: 'add what is missing, or close it as it is with --anyway' });
};

export function addStages(verb: NewVerb): void {
  verb('register', 'register a rule book, signed; it cannot be changed afterwards')
    .example('register rules.yaml')
    .takes('registerRuleBook', { file: '<file>', text: ['<file>', readRuleBook] })
    .does('registerRuleBook', async ({ perform }, input) => {
      const registered = await perform('registerRuleBook', input);
      const { name, version, digest } = registered;
      return {
        json: registered,
        lines: [`Registered ${name}, version ${version}`, `  digest  ${digest}`, next(`open STAGE --rules ${name}`)],
      };
    });

  verb('open', 'open a stage by a registered rule book')
    .example('open stage-1 --rules practice-stage-1')
    .takes('openStage', { title: true, id: '<stage>', ruleBook: '--rules <name>', consortia: '--consortium <id>' })
    .does('openStage', async ({ tables, nameOf, perform }, input) => {
      const { warnings } = await perform('openStage', input);
      const { id: stage, ruleBook, consortia } = tables.get('stages', input.id)!;
      return {
        json: { stage, ruleBook, consortia, warnings },
        lines: [
          `Opened ${stage} for ${consortia.map(nameOf).join(', ')}`,
          ...warnings.map((warning) => `  note: ${warning}`),
          next(`submit BUNDLE --consortium ${consortia[0]}`),
        ],
      };
    });

  verb('close', 'close a stage: forms are revealed, the log is signed')
    .example('close stage-1')
    .takes('closeStage', { stage: '[stage]', anyway: true })
    .does('closeStage', async ({ programme, room, nameOf, perform }, input) => {
      const { stage, lacking, seq, link } = await perform('closeStage', input).catch(rethrowWithAnyway);
      const { unknown } = await room.outcomeOf(programme, stage);
      const names = unknown.map(nameOf).join(' and ');
      return {
        json: { stage, lacking, unknown, seq, link },
        lines: [
          ...(names ? [`note: the total of ${names} will never be known, so points decide nothing`] : []),
          `Closed ${stage}; the log is signed up to entry ${seq - 1}`,
          `  link of entry ${seq}  ${link}`,
          next(`decide ${stage}`),
        ],
      };
    });
}

async function standings({ programme, tables, room, stageOf, nameOf }: OpenProgramme, wanted: string | undefined) {
  const stage = stageOf(wanted);
  const unofficial = room.factsOf(programme).filter(({ official }) => !official);
  const outcome = await room.outcomeOf(programme, stage);
  const overturned = [...room.outcomesOf(tables, stage)].flatMap(([team, of]) => (of.overturned ? [team] : []));
  // Only an open stage can still lack something.
  const lacking =
    room.statusOf(tables, stage) === 'open' ? room.lackingOf(tables, stage).map(({ text }) => text.en) : [];
  const sealed = tables.of('forms', 'stage', stage).filter(({ form }) => form === null).length;
  const isDecided = tables.get('decisions', stage) !== undefined;
  const recorded = isDecided ? decisionLines(outcome, nameOf) : ['No decision of this stage is recorded.'];
  return {
    json: { stage, ...outcomeJson(outcome, nameOf, overturned), unofficial, lacking, sealed },
    lines: [
      ...outcomeLines(outcome, nameOf, overturned),
      ...(outcome.book.record ? recorded : []),
      ...unofficial.map(({ text, source }) => `not official: ${text.en} (${sourceText(source)})`),
      ...lacking.map((line) => `lacking: ${line}`),
      ...(sealed > 0 ? [`sealed: ${sealed} of the experts' forms; they count when the stage closes`] : []),
    ],
  };
}

interface Appeal {
  consortium?: string;
  text?: string;
  upheld?: boolean;
  rejected?: boolean;
}

function addAppeal(verb: NewVerb): void {
  const appeal = verb('appeal', 'an appeal against a decision, or the answer to it')
    .example('appeal a1 --consortium han --text "..."')
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .stageOption()
    .option('--consortium <id>', 'who appeals')
    .option('--text <text>', 'why; or, with --upheld or --rejected, the answer')
    .option('--upheld', 'the office follows it')
    .option('--rejected', 'the office does not')
    .takes('fileAppeal', { stage: true, id: '<id>', text: true })
    .takes('answerAppeal', { appeal: '<id>', answer: '--text' });
  appeal.handle((id: string, { consortium, text, upheld, rejected }: Appeal) => {
    const wrong = (message: string, hint: string) => new JikjiError('usage', message, id, hint);
    const shown = (seq: number, did: string) => ({
      json: { appeal: id, seq },
      lines: [`${did} the appeal ${id} (entry ${seq})`],
    });
    if (text === undefined) throw wrong('an appeal needs a text', 'give them with --text');
    if (upheld && rejected) throw wrong('an appeal has one outcome', 'give one of the two');
    if (upheld || rejected)
      return appeal.work('answerAppeal', async ({ perform }, input) => {
        const { seq } = await perform('answerAppeal', { ...input, outcome: upheld ? 'upheld' : 'rejected' });
        return shown(seq, 'Answered');
      });
    if (consortium === undefined)
      throw wrong('an appeal needs a consortium', 'give --consortium, or --upheld or --rejected');
    return appeal.work('fileAppeal', async ({ perform }, input) =>
      shown((await perform('fileAppeal', input, { consortium })).seq, 'Filed'),
    );
  });
}

export function addDecisions(verb: NewVerb): void {
  verb('standings', 'how a stage stands, and how sure that is; for the office')
    .example('standings stage-1')
    .stageArgument()
    .handle((wanted: string | undefined) => (opened) => standings(opened, wanted));

  verb('decide', 'decide a closed stage by its rule book, signed')
    .example('decide stage-1 --appeals-until 2027-01-29T18:00+09:00')
    .takes('decide', { stage: '[stage]', appealsUntil: true })
    .does('decide', async ({ nameOf, perform }, input) => {
      const { stage } = input;
      const outcome = await perform('decide', input);
      return {
        json: { stage, ...outcomeJson(outcome, nameOf) },
        lines: [
          ...outcomeLines(outcome, nameOf),
          '',
          ...decisionLines(outcome, nameOf),
          `Not final: teams that are out can appeal. When that is over:\n  ${calledAs()} program finish ${stage}`,
          next(`report ${stage} --out ${stage}.html`),
        ],
      };
    });

  addAppeal(verb);

  verb('finish', 'make a decision final: appeals end, who is out leaves, and the next stage may open')
    .example('finish stage-1')
    .takes('finishStage', { stage: '[stage]' })
    .does('finishStage', async ({ nameOf, perform }, { stage }) => {
      const { dropped } = await perform('finishStage', { stage });
      const names = dropped.map(nameOf).join(', ');
      return {
        json: { stage, dropped },
        lines: [`The decision of ${stage} is final.`, names ? `Left the programme: ${names}` : 'Nobody leaves.'],
      };
    });
}
