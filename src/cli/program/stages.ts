// `jikji program register, open, close, standings, decide, appeal, finish`: a stage from its rule book to its final decision.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { momentOf } from './due.ts';
import type { OpenProgramme } from './opened.ts';
import { decisionLines, outcomeJson, outcomeLines } from './outcome.ts';
import { readRuleBook } from './rule-books.ts';
import { sourceText } from './source.ts';
import { type NameOptions, type NewVerb, next, titleOf, type Work } from './verb.ts';

/** Rethrows; a stage that lacks something gets a hint to --anyway. */
const rethrowWithAnyway = (error: unknown): never => {
  if (!(error instanceof JikjiError && error.code === 'stage-lacking')) throw error;
  throw error.reworded({ hint: 'add what is missing, or close it as it is with --anyway' });
};

export function addStages(verb: NewVerb): void {
  verb('register', 'register a rule book, signed; it cannot be changed afterwards')
    .example('register rules.yaml')
    .argument('<file>', 'a YAML file; docs/rule-book.md says what is in it')
    .handle((file: string) => {
      const text = readRuleBook(file);
      return async ({ perform }) => {
        const registered = await perform('registerRuleBook', { text, file });
        const { name, version, digest } = registered;
        return {
          json: registered,
          lines: [`Registered ${name}, version ${version}`, `  digest  ${digest}`, next(`open STAGE --rules ${name}`)],
        };
      };
    });

  verb('open', 'open a stage by a registered rule book')
    .example('open stage-1 --rules practice-stage-1')
    .nameOptions('its title')
    .newId('<stage>')
    .option(
      '--rules <name>',
      'a rule book by NAME, NAME@VERSION or the beginning of its digest (default: the last one)',
    )
    .repeatable('--consortium <id>', 'who takes part; may be given several times (default: all that are active)')
    .handle((stage: string, options: NameOptions & { rules?: string; consortium?: string[] }) => {
      const { rules: ruleBook, consortium: asked, ...title } = options;
      return async ({ tables, nameOf, perform }) => {
        const opening = { id: stage, title: titleOf(stage, title), ruleBook, consortia: asked };
        const { warnings } = await perform('openStage', opening, { names: { id: '<stage>' } });
        const row = tables.get('stages', stage)!;
        const { consortia } = row;
        return {
          json: { stage, ruleBook: row.ruleBook, consortia, warnings },
          lines: [
            `Opened ${stage} for ${consortia.map(nameOf).join(', ')}`,
            ...warnings.map((warning) => `  note: ${warning}`),
            next(`submit BUNDLE --consortium ${consortia[0]}`),
          ],
        };
      };
    });

  verb('close', 'close a stage: forms are revealed, the log is signed')
    .example('close stage-1')
    .stageArgument()
    .option('--anyway', 'although something is lacking that the rule book asks for')
    .handle((wanted: string | undefined, { anyway = false }: { anyway?: boolean }) => async (opened) => {
      const { programme, room, stageOf, nameOf, perform } = opened;
      const stage = stageOf(wanted);
      const { lacking, seq, link } = await perform('closeStage', { stage, anyway }).catch(rethrowWithAnyway);
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
  stage?: string;
  consortium?: string;
  text?: string;
  upheld?: boolean;
  rejected?: boolean;
}

function appealOrAnswer(id: string, { stage, consortium, text, upheld, rejected }: Appeal): Work {
  const wrong = (message: string, hint: string) => new JikjiError('usage', message, id, hint);
  if (text === undefined) throw wrong('an appeal needs a text', 'give them with --text');
  if (upheld && rejected) throw wrong('an appeal has one outcome', 'give one of the two');
  const shown = (seq: number, did: string) => ({
    json: { appeal: id, seq },
    lines: [`${did} the appeal ${id} (entry ${seq})`],
  });
  if (upheld || rejected)
    return async ({ perform }) => {
      const answer = { appeal: id, outcome: upheld ? 'upheld' : 'rejected', answer: text };
      return shown((await perform('answerAppeal', answer, { names: { appeal: '<id>' } })).seq, 'Answered');
    };
  if (consortium === undefined)
    throw wrong('an appeal needs a consortium', 'give --consortium, or --upheld or --rejected');
  return async ({ stageOf, perform }) => {
    const appeal = { stage: stageOf(stage), id, text };
    const { seq } = await perform('fileAppeal', appeal, { by: { consortium }, given: { ...appeal, consortium } });
    return shown(seq, 'Filed');
  };
}

export function addDecisions(verb: NewVerb): void {
  verb('standings', 'how a stage stands, and how sure that is; for the office')
    .example('standings stage-1')
    .stageArgument()
    .handle((wanted: string | undefined) => (opened) => standings(opened, wanted));

  verb('decide', 'decide a closed stage by its rule book, signed')
    .example('decide stage-1 --appeals-until 2027-01-29T18:00+09:00')
    .stageArgument()
    .option('--appeals-until <time>', 'no appeal is taken after it, and no decision becomes final before it')
    .handle((wanted: string | undefined, { appealsUntil: text }: { appealsUntil?: string }) => {
      const appeals = text === undefined ? {} : { appealsUntil: momentOf('--appeals-until', text) };
      return async ({ stageOf, nameOf, perform }) => {
        const stage = stageOf(wanted);
        const outcome = await perform('decide', { stage, ...appeals });
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
      };
    });

  verb('appeal', 'an appeal against a decision, or the answer to it')
    .example('appeal a1 --consortium han --text "..."')
    .newId()
    .stageOption()
    .option('--consortium <id>', 'who appeals')
    .option('--text <text>', 'why; or, with --upheld or --rejected, the answer')
    .option('--upheld', 'the office follows it')
    .option('--rejected', 'the office does not')
    .handle(appealOrAnswer);

  verb('finish', 'make a decision final: appeals end, who is out leaves, and the next stage may open')
    .example('finish stage-1')
    .stageArgument()
    .handle((wanted: string | undefined) => async ({ stageOf, nameOf, perform }) => {
      const stage = stageOf(wanted);
      const { dropped } = await perform('finishStage', { stage });
      const names = dropped.map(nameOf).join(', ');
      return {
        json: { stage, dropped },
        lines: [`The decision of ${stage} is final.`, names ? `Left the programme: ${names}` : 'Nobody leaves.'],
      };
    });
}
