// `jikji program register, open, close, decide, appeal, finish`: a stage from its rules to what follows from its decision.

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { count, JikjiError, systemCode } from '../../base/index.ts';
import type { Outcome } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import { table } from '../text.ts';
import {
  type Common,
  type Named,
  named,
  namingArguments,
  officeSigner,
  stageOf,
  titleOf,
  verb,
  withProgramme,
} from './common.ts';
import { sourceText } from './scores.ts';

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

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const NOT_KNOWN = 'not known';
const REASONS = { veto: 'originality', points: 'points' } as const;

/** A table of teams: place, points and how sure they are. `nameOf`: a consortium by its name. */
function describeOutcome(output: Output, outcome: Outcome, nameOf: (team: string) => string): void {
  const { book, teams, totals, places, statistics, chances, vetoes } = outcome;
  const order = [...teams.keys()].sort(
    (a, b) => (places.get(teams[a]!)?.place ?? 1e9) - (places.get(teams[b]!)?.place ?? 1e9),
  );
  const isOut = new Set(vetoes.map(({ consortium }) => consortium));
  const rows = order.map((i) => {
    const team = teams[i]!;
    const total = totals[i];
    const points = typeof total === 'number' ? statistics?.totals[i] : undefined;
    const interval = points?.standardError ? `${points.low.toFixed(1)} to ${points.high.toFixed(1)}` : '';
    const stays = chances.get(team)?.kept;
    return [
      isOut.has(team) ? 'veto' : String(places.get(team)?.place ?? NOT_KNOWN),
      nameOf(team),
      typeof total !== 'number' ? NOT_KNOWN : book.rounding ? total.toFixed(book.rounding.decimals) : String(total),
      ...(statistics ? [interval, stays === undefined ? '' : percent(stays)] : []),
    ];
  });
  const sure = statistics
    ? [`${Number((100 * statistics.level).toFixed(1))}% interval`, 'chance to stay by points']
    : [];
  for (const line of table([['place', 'consortium', 'points', ...sure], ...rows], [0, 2, 4])) output.line(line);
  for (const { consortium, reasons } of vetoes) output.line(`veto: ${nameOf(consortium)}: ${reasons.join('; ')}`);
  for (const line of remarksOn(outcome, nameOf)) output.line(line);
}

/** What the table rests on, or why it is not worked out. */
function remarksOn(outcome: Outcome, nameOf: (team: string) => string): string[] {
  const { book, statistics, unknown, undecided, moves, seed } = outcome;
  if (book.record) return ['A record of what others published: nothing is worked out from it.'];
  const names = (list: readonly string[]): string => list.map(nameOf).join(' and ');
  if (unknown.length > 0) {
    const whose = unknown.length === 1 ? 'The total' : 'The totals';
    const verb = unknown.length === 1 ? 'is' : 'are';
    return [`${whose} of ${names(unknown)} ${verb} not known: no place, interval or chance is worked out.`];
  }
  const points = moves?.points;
  return [
    ...(undecided.length > 0
      ? [`The rules leave it open between ${names(undecided)}: they are equal across the border.`]
      : []),
    ...(points
      ? [
          `Weights would have to move by ${points.far.toFixed(2)} points in all before ${nameOf(points.out)} stayed instead of ${nameOf(points.kept)}.`,
        ]
      : []),
    ...(statistics ? [`${count(statistics.draws)} draws from the seed ${seed}.`] : []),
  ];
}

/** Who goes on and who does not, one line each. */
function describeDecision(output: Output, { kept, out, undecided }: Outcome, nameOf: (team: string) => string): void {
  output.line(`Kept: ${kept.map(nameOf).join(', ') || 'nobody'}`);
  for (const { consortium, reason } of out) output.line(`Out:  ${nameOf(consortium)}, by ${REASONS[reason]}`);
  if (undecided.length > 0) output.line(`Left open, so they stay: ${undecided.map(nameOf).join(', ')}`);
}

/** What --json prints of an outcome; null: not known. */
const outcomeJson = (outcome: Outcome, nameOf: (team: string) => string) => {
  const { book, teams, totals, places, statistics, chances, kept, out, undecided, vetoes, unknown, seed } = outcome;
  return {
    /** Others decided: nothing is worked out. */
    record: book.record,
    teams: teams.map((id, i) => {
      const total = totals[i];
      const points = typeof total === 'number' ? statistics?.totals[i] : undefined;
      return {
        id,
        name: nameOf(id),
        total: typeof total === 'number' ? total : null,
        place: places.get(id)?.place ?? null,
        interval: points && points.standardError !== null ? [points.low, points.high] : null,
        places: chances.get(id)?.places ?? null,
        keptChance: chances.get(id)?.kept ?? null,
      };
    }),
    /** Whose total is not known. */
    unknown,
    kept,
    out,
    undecided,
    vetoes,
    seed: statistics && seed,
    moves: outcome.moves,
  };
};

export function addStages(program: Command, output: Output): void {
  verb(program, 'register', 'register a rule book, signed; it cannot be changed afterwards', 'register rules.yaml')
    .argument('<file>', 'a YAML file; docs/rule-book.md says what is in it')
    .action(async (file: string, options: Common) => {
      const text = readText(file);
      const { digest, book } = await withProgramme(options, async (programme, _files, room) =>
        room.registerRuleBook(programme, await officeSigner(programme.tables), { text, file }, room.officeActor()),
      );
      output.result({ digest, name: book.name, version: book.version }, () => {
        output.line(`Registered ${book.name}, version ${book.version}`);
        output.line(`  digest  ${digest}`);
        output.line(`Next:\n  ${calledAs()} program open STAGE --rules ${book.name}`);
      });
    });

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
    .action(async (id: string, options: Common & Named & { rules?: string; consortium?: string[] }) => {
      const { warnings, row, names } = await withProgramme(options, async (programme, _files, room) => {
        const opening = {
          id,
          title: titleOf(id, options),
          ...(options.rules === undefined ? {} : { ruleBook: options.rules }),
          ...(options.consortium === undefined ? {} : { consortia: options.consortium }),
        };
        const names = { id: '<stage>' };
        const warnings = await namingArguments(opening, names, () =>
          room.openStage(programme, opening, room.officeActor()),
        );
        const row = room.stageRow(programme.tables, id);
        return {
          warnings,
          row,
          names: (row.consortia as string[]).map((one) => room.consortiumName(programme.tables, one)),
        };
      });
      const consortia = row.consortia as string[];
      output.result({ stage: id, ruleBook: row.ruleBook, consortia, warnings }, () => {
        output.line(`Opened ${id} for ${names.join(', ')}`);
        for (const warning of warnings) output.line(`  note: ${warning}`);
        output.line(`Next:\n  ${calledAs()} program submit BUNDLE --consortium ${consortia[0]}`);
      });
    });

  verb(program, 'close', 'close a stage: forms are revealed, the log is signed', 'close stage-1')
    .argument('[stage]', 'default: the last one')
    .option('--anyway', 'although something is lacking that the rule book asks for')
    .action(async (wanted: string | undefined, options: Common & { anyway?: boolean }) => {
      const result = await withProgramme(options, async (programme, _files, room) => {
        // What can never be done is said before what is lacking for it.
        room.takesNew(programme.tables);
        const stage = stageOf(programme.tables, wanted);
        room.stageRow(programme.tables, stage);
        const lacking = room.lackingOf(programme.tables, stage);
        if (lacking.length > 0 && !options.anyway)
          throw new JikjiError(
            'stage-lacking',
            `the rule book asks for more: ${lacking.slice(0, 6).join('; ')}${lacking.length > 6 ? `; and ${lacking.length - 6} more` : ''}`,
            stage,
            'see to it, or close it as it is with --anyway',
          );
        await room.closeStage(programme, await officeSigner(programme.tables), stage, room.officeActor());
        const { unknown } = await room.outcomeOf(programme, stage);
        const names = unknown.map((team) => room.consortiumName(programme.tables, team));
        return { stage, lacking, unknown, names, ...programme.head };
      });
      const { names, ...shown } = result;
      output.result(shown, () => {
        if (names.length > 0)
          output.line(`note: the total of ${names.join(' and ')} will never be known, so points decide nothing`);
        output.line(`Closed ${result.stage}; the log is signed up to entry ${result.seq - 1}`);
        output.line(`  link of entry ${result.seq}  ${result.link}`);
        output.line(`Next:\n  ${calledAs()} program decide ${result.stage}`);
      });
    });

  verb(program, 'standings', 'how a stage stands, and how sure that is; for the office', 'standings stage-1')
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const found = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        return {
          stage,
          nameOf: (team: string) => room.consortiumName(programme.tables, team),
          unofficial: room.factsOf(programme).filter(({ official }) => !official),
          outcome: await room.outcomeOf(programme, stage),
          decided: programme.tables.get('decisions', stage) !== undefined,
          // What a stage lacked when it closed, or others did not publish, nobody owes any more.
          lacking: room.statusOf(programme.tables, stage) === 'open' ? room.lackingOf(programme.tables, stage) : [],
          sealed: [...programme.tables.of('forms', 'stage', stage)].filter(({ form }) => form === null).length,
        };
      });
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

  verb(program, 'decide', 'decide a closed stage by its rule book, signed', 'decide stage-1')
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const { stage, outcome, nameOf } = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        const signer = await officeSigner(programme.tables);
        return {
          stage,
          outcome: await room.decide(programme, signer, stage, room.officeActor()),
          nameOf: (team: string) => room.consortiumName(programme.tables, team),
        };
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
    .action(
      async (
        id: string,
        options: Common & { stage?: string; consortium?: string; text?: string; upheld?: boolean; rejected?: boolean },
      ) => {
        const { text, consortium, upheld, rejected } = options;
        if (text === undefined) throw new JikjiError('usage', 'an appeal needs words', id, 'give them with --text');
        if (upheld && rejected) throw new JikjiError('usage', 'an appeal has one outcome', id, 'give one of the two');
        const answers = upheld || rejected;
        if (!answers && consortium === undefined)
          throw new JikjiError('usage', 'an appeal is somebody’s', id, 'give --consortium, or --upheld or --rejected');
        const seq = await withProgramme(options, async (programme, _files, room) => {
          const data = answers
            ? { appeal: id, outcome: upheld ? 'upheld' : 'rejected', answer: text }
            : { id, stage: stageOf(programme.tables, options.stage), consortium: consortium!, text };
          const kind = answers ? 'appeal-answered' : 'appeal-filed';
          const [entry] = await namingArguments(data, { appeal: '<id>' }, () =>
            programme.record(room.officeActor(), [{ kind, data }]),
          );
          return entry!.seq;
        });
        output.result({ appeal: id, seq }, () =>
          output.line(`${answers ? `Answered the appeal ${id}` : `Filed the appeal ${id}`} (entry ${seq})`),
        );
      },
    );

  verb(
    program,
    'finish',
    'make a decision final: appeals end, who is out leaves, and the next stage may open',
    'finish stage-1',
  )
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const result = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        const dropped = await room.finishStage(programme, stage, room.officeActor());
        return { stage, dropped, names: dropped.map((team) => room.consortiumName(programme.tables, team)) };
      });
      const { names, ...shown } = result;
      output.result(shown, () => {
        output.line(`The decision of ${shown.stage} is final.`);
        output.line(names.length > 0 ? `Left the programme: ${names.join(', ')}` : 'Nobody leaves.');
      });
    });
}
