// `jikji program register, open, close, standings, decide, appeal, finish`: a stage from its rules to what follows from its decision.

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError, systemCode } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import {
  type Common,
  LAST_STAGE,
  type Named,
  named,
  type Opened,
  stageOf,
  titleOf,
  verb,
  withProgramme,
} from './common.ts';
import { describeDecision, describeOutcome, outcomeJson } from './outcome.ts';
import { sourceText } from './source.ts';

const MOST_RULE_BOOK_BYTES = 1 << 20;

function readText(file: string): string {
  try {
    if (statSync(file).size > MOST_RULE_BOOK_BYTES)
      throw new JikjiError('rule-book-range', 'is far larger than a rule book', file, 'check the path');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new JikjiError('file-missing', 'cannot be read', file, 'check the path', { cause });
  }
}

function addRegister(program: Command, output: Output): void {
  verb(program, 'register', 'register a rule book, signed; it cannot be changed afterwards', 'register rules.yaml')
    .argument('<file>', 'a YAML file; docs/rule-book.md says what is in it')
    .action(async (file: string, options: Common) => {
      const text = readText(file);
      const registered = await withProgramme(options, ({ perform }) => perform('registerRuleBook', { text, file }));
      output.result(registered, () => {
        const { name, version, digest } = registered;
        output.line(`Registered ${name}, version ${version}`);
        output.line(`  digest  ${digest}`);
        output.line(`Next:\n  ${calledAs()} program open STAGE --rules ${name}`);
      });
    });
}

function addOpen(program: Command, output: Output): void {
  named(
    verb(program, 'open', 'open a stage by a registered rule book', 'open stage-1 --rules practice-stage-1'),
    'its title',
  )
    .argument('<stage>', 'lower-case letters, digits and hyphens')
    .option(
      '--rules <name>',
      'a rule book by NAME, NAME@VERSION or the beginning of its digest (default: the last one)',
    )
    .option('--consortium <id>', 'who takes part; may be given several times (default: all that are active)', collect)
    .action(async (stage: string, options: Common & Named & { rules?: string; consortium?: string[] }) => {
      const { result, names } = await withProgramme(options, async ({ tables, nameOf, perform }) => {
        const opening = {
          id: stage,
          title: titleOf(stage, options),
          ...(options.rules !== undefined && { ruleBook: options.rules }),
          ...(options.consortium && { consortia: options.consortium }),
        };
        const { warnings } = await perform('openStage', opening, { names: { id: '<stage>' } });
        const row = tables.get('stages', stage)!;
        const consortia = row.consortia as string[];
        return { result: { stage, ruleBook: row.ruleBook, consortia, warnings }, names: consortia.map(nameOf) };
      });
      output.result(result, () => {
        output.line(`Opened ${stage} for ${names.join(', ')}`);
        for (const warning of result.warnings) output.line(`  note: ${warning}`);
        output.line(`Next:\n  ${calledAs()} program submit BUNDLE --consortium ${result.consortia[0]}`);
      });
    });
}

/** The hint of this command line where the office would close a stage that lacks something. */
const hintingAnyway = (error: unknown): never => {
  if (!(error instanceof JikjiError && error.code === 'stage-lacking')) throw error;
  const hint = 'see to it, or close it as it is with --anyway';
  throw new JikjiError(error.code, error.message, error.input, hint);
};

function addClose(program: Command, output: Output): void {
  verb(program, 'close', 'close a stage: forms are revealed, the log is signed', 'close stage-1')
    .argument(...LAST_STAGE)
    .option('--anyway', 'although something is lacking that the rule book asks for')
    .action(async (wanted: string | undefined, { anyway = false, ...options }: Common & { anyway?: boolean }) => {
      const { names, ...shown } = await withProgramme(options, async ({ programme, tables, room, nameOf, perform }) => {
        const stage = stageOf(tables, wanted);
        const { lacking, ...head } = await perform('closeStage', { stage, anyway }).catch(hintingAnyway);
        const { unknown } = await room.outcomeOf(programme, stage);
        return { names: unknown.map(nameOf), stage, lacking, unknown, seq: head.seq, link: head.link };
      });
      output.result(shown, () => {
        const { stage, seq, link } = shown;
        if (names.length > 0)
          output.line(`note: the total of ${names.join(' and ')} will never be known, so points decide nothing`);
        output.line(`Closed ${stage}; the log is signed up to entry ${seq - 1}`);
        output.line(`  link of entry ${seq}  ${link}`);
        output.line(`Next:\n  ${calledAs()} program decide ${stage}`);
      });
    });
}

async function standingsOf({ programme, tables, room, nameOf }: Opened, wanted: string | undefined) {
  const stage = stageOf(tables, wanted);
  return {
    stage,
    nameOf,
    unofficial: room.factsOf(programme).filter(({ official }) => !official),
    outcome: await room.outcomeOf(programme, stage),
    decided: tables.get('decisions', stage) !== undefined,
    // What a stage lacked when it closed, or others did not publish, nobody owes any more.
    lacking: room.statusOf(tables, stage) === 'open' ? room.lackingOf(tables, stage) : [],
    sealed: [...tables.of('forms', 'stage', stage)].filter(({ form }) => form === null).length,
  };
}

function addStandings(program: Command, output: Output): void {
  verb(program, 'standings', 'how a stage stands, and how sure that is; for the office', 'standings stage-1')
    .argument(...LAST_STAGE)
    .action(async (wanted: string | undefined, options: Common) => {
      const found = await withProgramme(options, (opened) => standingsOf(opened, wanted));
      const { stage, outcome, decided, lacking, sealed, nameOf, unofficial } = found;
      output.result({ stage, ...outcomeJson(outcome, nameOf), unofficial, lacking, sealed }, () => {
        describeOutcome(output, outcome, nameOf);
        if (outcome.book.record && decided) describeDecision(output, outcome, nameOf);
        else if (outcome.book.record) output.line('No decision of this stage is recorded.');
        for (const { text, source } of unofficial) output.line(`not official: ${text.en} (${sourceText(source)})`);
        for (const line of lacking) output.line(`lacking: ${line}`);
        if (sealed > 0) output.line(`sealed: ${sealed} of the experts' forms; they count when the stage closes`);
      });
    });
}

function addDecide(program: Command, output: Output): void {
  verb(program, 'decide', 'decide a closed stage by its rule book, signed', 'decide stage-1')
    .argument(...LAST_STAGE)
    .action(async (wanted: string | undefined, options: Common) => {
      const { stage, outcome, nameOf } = await withProgramme(options, async ({ tables, nameOf, perform }) => {
        const stage = stageOf(tables, wanted);
        return { stage, outcome: await perform('decide', { stage }), nameOf };
      });
      output.result({ stage, ...outcomeJson(outcome, nameOf) }, () => {
        describeOutcome(output, outcome, nameOf);
        output.line();
        describeDecision(output, outcome, nameOf);
        output.line(
          `Not final: teams that are out can appeal. When that is over:\n  ${calledAs()} program finish ${stage}`,
        );
        output.line(`Next:\n  ${calledAs()} program report ${stage} --out ${stage}.html`);
      });
    });
}

interface Appeal extends Common {
  stage?: string;
  consortium?: string;
  text?: string;
  upheld?: boolean;
  rejected?: boolean;
}

function addAppeal(program: Command, output: Output): void {
  verb(
    program,
    'appeal',
    'an appeal against a decision, or the answer to it',
    'appeal a1 --consortium han --text "..."',
  )
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .option('--stage <id>', 'default: the last one')
    .option('--consortium <id>', 'who appeals')
    .option('--text <text>', 'why; or, with --upheld or --rejected, the answer')
    .option('--upheld', 'the office follows it')
    .option('--rejected', 'the office does not')
    .action(async (id: string, options: Appeal) => {
      const { text, consortium, upheld, rejected } = options;
      if (text === undefined) throw new JikjiError('usage', 'an appeal needs words', id, 'give them with --text');
      if (upheld && rejected) throw new JikjiError('usage', 'an appeal has one outcome', id, 'give one of the two');
      const answers = upheld || rejected;
      if (!answers && consortium === undefined)
        throw new JikjiError('usage', 'an appeal is somebody’s', id, 'give --consortium, or --upheld or --rejected');
      const seq = await withProgramme(options, async ({ tables, perform }) => {
        if (answers) {
          const answer = { appeal: id, outcome: upheld ? 'upheld' : 'rejected', answer: text };
          return (await perform('answerAppeal', answer, { names: { appeal: '<id>' } })).seq;
        }
        const appeal = { stage: stageOf(tables, options.stage), id, text };
        const given = { ...appeal, consortium };
        return (await perform('fileAppeal', appeal, { by: { consortium: consortium! }, given })).seq;
      });
      output.result({ appeal: id, seq }, () =>
        output.line(`${answers ? `Answered the appeal ${id}` : `Filed the appeal ${id}`} (entry ${seq})`),
      );
    });
}

function addFinish(program: Command, output: Output): void {
  verb(
    program,
    'finish',
    'make a decision final: appeals end, who is out leaves, and the next stage may open',
    'finish stage-1',
  )
    .argument(...LAST_STAGE)
    .action(async (wanted: string | undefined, options: Common) => {
      const { names, ...shown } = await withProgramme(options, async ({ tables, nameOf, perform }) => {
        const stage = stageOf(tables, wanted);
        const { dropped } = await perform('finishStage', { stage });
        return { stage, dropped, names: dropped.map(nameOf) };
      });
      output.result(shown, () => {
        output.line(`The decision of ${shown.stage} is final.`);
        output.line(names.length > 0 ? `Left the programme: ${names.join(', ')}` : 'Nobody leaves.');
      });
    });
}

export function addStages(program: Command, output: Output): void {
  for (const add of [addRegister, addOpen, addClose, addStandings, addDecide, addAppeal, addFinish])
    add(program, output);
}
