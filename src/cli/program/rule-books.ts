// `jikji program rule-book, rehearse`: templates of rule books, and a rule book tried out on made-up teams. Neither opens a programme.

import { JikjiError } from '../../base/index.ts';
import type { AssumptionsGiven, Rate, Rehearsal } from '../../program/index.ts';
import { collect, number, wholeNumber } from '../option-values.ts';
import { readTextFile } from '../read-text-file.ts';
import { program } from '../rooms.ts';
import { table } from '../text.ts';
import { type NewVerb, next, oneOf } from './verb.ts';

const MAX_RULE_BOOK_BYTES = 1 << 20;

/** The text of a rule book's file. @throws JikjiError `file-missing`, `rule-book-range` */
export const readRuleBook = (file: string): string =>
  readTextFile(file, {
    check({ size }) {
      if (size > MAX_RULE_BOOK_BYTES)
        throw new JikjiError('rule-book-range', 'is far larger than a rule book', file, 'check the path');
    },
  });

export function addRuleBook(verb: NewVerb): void {
  verb('rule-book', 'templates to begin a rule book from')
    .example('rule-book --template research-grant > rules.yaml')
    .option('--template <name>', 'print this template; without it all are listed')
    .handleAlone(async ({ template }: { template?: string }) => {
      const { TEMPLATES, ruleBookTemplate, ruleBookTemplates } = await program();
      if (template !== undefined) {
        const found = ruleBookTemplate(oneOf(TEMPLATES, template, 'there is no template of this name'));
        return { json: found, lines: [found.text.trimEnd()] };
      }
      const templates = ruleBookTemplates();
      const rows = templates.map(({ id, title, choices }) => [id, title.en, `${choices} to choose`]);
      const lines = [...table(rows), 'CHOOSE stands in a template where you write a value.'];
      return { json: { templates }, lines: [...lines, next('rule-book --template NAME > rules.yaml')] };
    });
}

/** "81.2% (± 2.4)": twice the simulation's standard error. */
const rateText = ({ share, standardError }: Rate): string =>
  `${(share * 100).toFixed(1)}% (± ${(200 * standardError).toFixed(1)})`;

const BORDER_WORDS: Record<keyof Rehearsal['border'], string> = {
  total: 'by the total',
  tieBreak: 'by a tie-break',
  lot: 'by a lot',
  undecided: 'not decided: teams are equal across the border',
  unknown: 'not decided: a total is not known',
  open: 'nobody is out by points',
};

function rehearsalLines(of: Rehearsal, asked: number): string[] {
  const { ruleBook, assumptions, repetitions, teams, kept, bestStay, bestOut, border, interval, points, warnings } = of;
  const rows = teams.map(({ quality, stays, vetoed }, i) => [
    String(i + 1),
    quality.toFixed(1),
    rateText(stays),
    ...(assumptions.veto > 0 ? [rateText(vetoed)] : []),
  ]);
  const head = ['place', `quality of ${points}`, 'stays', ...(assumptions.veto > 0 ? ['out by veto'] : [])];
  const none = 'says nothing here: teams of equal quality stand there';
  return [
    `${ruleBook.name}, version ${ruleBook.version}: ${repetitions} made-up stages, of which ${kept} of ${teams.length} teams are kept`,
    'Made-up teams by these assumptions. No forecast of any stage.',
    ...(repetitions < asked ? [`note: ${asked} were asked for; more work does not fit`] : []),
    '',
    ...table([head, ...rows]),
    '',
    `the truly best ${kept} all stay  ${bestStay ? rateText(bestStay) : none}`,
    `the truly best is out      ${bestOut ? rateText(bestOut) : none}`,
    'the last place is decided:',
    ...table(
      Object.entries(border).map(([how, rate]) => [`  ${BORDER_WORDS[how as keyof typeof border]}`, rateText(rate)]),
    ),
    interval
      ? `the report would state totals in intervals ${interval.mean.toFixed(1)} points wide (± ${(2 * interval.standardError).toFixed(1)})`
      : 'the report would state no intervals: nothing in this rule book is resampled, or nobody would know how certain it is',
    ...warnings.map(({ en }) => `note: ${en}`),
    `± is twice the simulation's standard error. Seed: ${assumptions.seed}`,
  ];
}

type Options = Partial<Record<keyof AssumptionsGiven, unknown>> & {
  quality?: string[];
  repetitions: number;
  /** Said, though no programme is opened. */
  database?: string;
};

export function addRehearse(verb: NewVerb): void {
  const share = (name: string) => number(name, 0, 50);
  verb('rehearse', 'try a rule book on made-up teams: how often it keeps the best; nothing is recorded')
    .example('rehearse rules.yaml --teams 5 --spread close --seed 1377')
    .argument('<file>', 'a rule book; it need not be registered')
    .option('--teams <n>', 'default: those that are kept, and two more', wholeNumber('--teams', 1, 50))
    .option('--spread <name>', 'how far apart true qualities are: equal, close, moderate, wide', 'moderate')
    .option('--quality <points>', "a team's true quality of 100; once for each team, in place of --spread", collect)
    .option('--items <n>', 'items of each benchmark task', wholeNumber('--items', 1, 100_000), 200)
    .option('--severity <percent>', 'how experts differ in severity', share('--severity'), 8)
    .option('--opinion <percent>', 'how experts differ about one team', share('--opinion'), 7)
    .option('--mark-step <points>', 'marks are given in such steps; 0: any number', number('--mark-step', 0, 100), 1)
    .option(
      '--judgements-per-pair <n>',
      'default: what the rule book asks for',
      wholeNumber('--judgements-per-pair', 1, 100_000),
    )
    .option(
      '--preference <share>',
      'chance that a user prefers a team ten points better',
      number('--preference', 0.5, 0.99),
      0.6,
    )
    .option('--entered <percent>', 'error of figures from elsewhere', share('--entered'), 5)
    .option('--veto <share>', 'chance that a team fails a veto', number('--veto', 0, 1), 0)
    .option('--repetitions <n>', 'made-up stages', wholeNumber('--repetitions', 1, 20_000), 1000)
    .option('--seed <n>', 'the same seed gives the same result (default: a random one)', wholeNumber('--seed', 0))
    .handleAlone(async (file: string, { quality, database: _, ...options }: Options) => {
      const { SPREADS, assumptionsShape, planRehearsal, rehearseInProcess } = await program();
      oneOf(Object.keys(SPREADS), String(options.spread), 'there is no spread of this name');
      const qualities = quality?.map(number('--quality', 0, 100));
      const assumptions = assumptionsShape.parse({ ...options, ...(qualities && { qualities }) });
      const day = new Date().toISOString().slice(0, 10);
      const plan = planRehearsal({ text: readRuleBook(file), file, assumptions }, day);
      let shown = 0;
      const onProgress = (done: number): void => {
        const tenths = Math.floor(done * 10);
        if (tenths > shown && process.stderr.isTTY) process.stderr.write(`rehearsed ${tenths * 10}%\n`);
        shown = tenths;
      };
      const result = await rehearseInProcess(plan, { onProgress });
      return { json: result!, lines: rehearsalLines(result!, options.repetitions) };
    });
}
