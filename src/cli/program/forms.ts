// `jikji program form`: an expert's form, blank or filled in.

import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { type ErrorCode, JikjiError, systemCode, writeFileAtomic } from '../../base/index.ts';
import type { ActInput } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { fit } from '../text.ts';
import type { OpenProgramme } from './opened.ts';
import type { NewVerb, Work } from './verb.ts';

/** A form to fill in: every team and criterion with an empty mark. */
function blankForm({ tables, room, nameOf, stageOf }: OpenProgramme, { stage: wanted, part }: Options): string {
  const stage = stageOf(wanted);
  const { title, source } = room.formPart(tables, stage, part);
  const { consortia } = tables.get('stages', stage)!;
  const marks = Object.fromEntries(source.criteria.map(({ id }) => [id, null]));
  const lines = [
    `# ${title.en}: marks of one expert. Fill in every line.`,
    ...source.criteria.map(({ id, title, points }) => `# ${id}: ${title.en}, 0 to ${points}`),
    ...consortia.map((team) => `# ${team}: ${fit(nameOf(team), 100)}`),
  ];
  const scores = Object.fromEntries(consortia.map((team) => [team, { ...marks }]));
  return `${lines.join('\n')}\n${stringify({ scores, comment: '' })}`;
}

type ExpertForm = Pick<ActInput<'giveForm'>, 'scores' | 'comment'>;

/** Reads the file; the rule book checks its content later. @throws JikjiError `file-missing`, `form-broken` */
function readForm(file: string): ExpertForm {
  const failure = (code: ErrorCode, message: string, hint: string, cause: unknown) =>
    new JikjiError(code, message, file, hint, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw failure('file-missing', `cannot be read: ${systemCode(cause) ?? cause}`, 'check the path', cause);
  }
  try {
    const { comment, ...form } = parse(text, { maxAliasCount: 0 });
    return comment ? { ...form, comment } : form;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw failure('form-broken', `this is not a form: ${why}`, 'take a blank one with --blank', cause);
  }
}

interface Options {
  expert?: string;
  part?: string;
  stage?: string;
  blank?: boolean;
  receipt?: string;
}

function takeForm(file: string | undefined, { expert, receipt, part, stage }: Options): Work {
  const hint = `${calledAs()} program form FILE --expert NAME; --blank prints an empty form`;
  if (file === undefined || expert === undefined)
    throw new JikjiError('usage', 'a form and its expert are needed', 'form', hint);
  if (receipt !== undefined && existsSync(receipt))
    throw new JikjiError('file-exists', 'this file exists already', receipt, 'choose another one');
  const form = readForm(file);
  return async ({ tables, room, stageOf, perform }) => {
    const lacking = room.lackingModels(tables, stageOf(stage)).map(({ en }) => en);
    const given = await perform('giveForm', { ...form, stage: stageOf(stage), part }, { user: expert });
    if (receipt !== undefined) writeFileAtomic(receipt, `${JSON.stringify({ ...given, form }, null, 2)}\n`);
    const { nonce: _, ...shown } = given;
    return {
      json: { ...shown, lacking },
      lines: [
        `Took the form of ${expert}; nobody sees it before ${given.stage} closes`,
        ...lacking.map((line) => `  note: sealed before this was there: ${line}`),
        `  commitment  ${given.commitment}`,
      ],
    };
  };
}

export function addForms(verb: NewVerb): void {
  verb('form', "take an expert's form: sealed until the stage closes")
    .example('form kim.yaml --expert kim')
    .argument('[file]', 'the form, YAML or JSON')
    .option('--expert <id>', 'whose it is')
    .takes('giveForm', { part: '--part <name>', stage: true })
    .naming({ id: '--expert' })
    .option('--blank', 'print an empty form instead')
    .option('--receipt <file>', "write the expert's receipt: with it he proves later what he gave")
    .handle((file: string | undefined, options: Options) => {
      if (!options.blank) return takeForm(file, options);
      return (opened) => {
        const form = blankForm(opened, options);
        return { json: { form }, lines: [form.trimEnd()] };
      };
    });
}
