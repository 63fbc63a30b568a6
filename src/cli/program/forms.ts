// `jikji program form`: an expert's form, blank or filled in.

import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { JikjiError, systemCode, writeFileAtomic } from '../../base/index.ts';
import type { ActInput } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import { fit } from '../text.ts';
import { type Common, type Opened, plainTitle, stageOf, verb, withProgramme } from './common.ts';

/** A form to fill in: every team and criterion with an empty mark. */
function blankForm({ tables, room, nameOf }: Opened, stage: string, wanted: string | undefined): string {
  const { title, source } = room.formPart(tables, stage, wanted);
  const consortia = tables.get('stages', stage)!.consortia as string[];
  const scores = Object.fromEntries(
    consortia.map((team) => [team, Object.fromEntries(source.criteria.map(({ id }) => [id, null]))]),
  );
  const lines = [
    ...source.criteria.map(({ id, title, points }) => `# ${id}: ${title.en}, 0 to ${points}`),
    ...consortia.map((team) => `# ${team}: ${fit(nameOf(team), 100)}`),
  ];
  return `# ${plainTitle(title)}: marks of one expert. Fill in every line.\n${lines.join('\n')}\n${stringify({ scores, comment: '' })}`;
}

type ExpertForm = Pick<ActInput<'giveForm'>, 'scores' | 'comment'>;

/** What is in it is checked by the rule book. */
function readForm(file: string): ExpertForm {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JikjiError('file-missing', `cannot be read: ${systemCode(cause) ?? cause}`, file, 'check the path', {
      cause,
    });
  }
  try {
    const { comment, ...form } = parse(text, { maxAliasCount: 0 }) as Record<string, unknown>;
    return (comment ? { ...form, comment } : form) as ExpertForm;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new JikjiError('form-broken', `this is no form: ${why}`, file, 'take a blank one with --blank', { cause });
  }
}

interface Options extends Common {
  expert?: string;
  part?: string;
  stage?: string;
  blank?: boolean;
  receipt?: string;
}

async function printBlank(output: Output, options: Options): Promise<void> {
  const text = await withProgramme(options, async (opened) =>
    blankForm(opened, stageOf(opened.tables, options.stage), options.part),
  );
  output.result({ form: text }, () => output.write(text));
}

async function takeForm(output: Output, file: string | undefined, options: Options): Promise<void> {
  const { expert, receipt, part } = options;
  if (file === undefined || expert === undefined)
    throw new JikjiError(
      'usage',
      'a form and its expert are needed',
      'form',
      `${calledAs()} program form FILE --expert NAME; --blank prints an empty form`,
    );
  if (receipt !== undefined && existsSync(receipt))
    throw new JikjiError('file-exists', 'there is such a file already', receipt, 'choose another one');
  const form = readForm(file);
  const given = await withProgramme(options, ({ tables, perform }) =>
    perform(
      'giveForm',
      { ...form, stage: stageOf(tables, options.stage), ...(part !== undefined && { part }) },
      { by: { user: expert }, names: { id: '--expert', expert: '--expert' }, given: { id: expert, expert } },
    ),
  );
  if (receipt !== undefined) writeFileAtomic(receipt, `${JSON.stringify({ ...given, form }, null, 2)}\n`);
  const { nonce: _, ...shown } = given;
  output.result(shown, () => {
    output.line(`Took the form of ${expert}; nobody sees it before ${given.stage} closes`);
    output.line(`  commitment  ${given.commitment}`);
  });
}

export function addForms(program: Command, output: Output): void {
  verb(program, 'form', "take an expert's form: sealed until the stage closes", 'form kim.yaml --expert kim')
    .argument('[file]', 'the form, YAML or JSON')
    .option('--expert <id>', 'whose it is')
    .option('--part <name>', 'the part of the rule book (default: the only one that is scored by forms)')
    .option('--stage <id>', 'default: the last one')
    .option('--blank', 'print an empty form instead')
    .option('--receipt <file>', "write the expert's receipt: with it he proves later what he gave")
    .action((file: string | undefined, options: Options) =>
      options.blank ? printBlank(output, options) : takeForm(output, file, options),
    );
}
