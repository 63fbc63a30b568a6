// `jikji program register, open, close, decide, appeal, finish`: a stage from its rules to what follows from its decision.

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError, systemCode } from '../../base/index.ts';
import type { Outcome } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import { count, table } from '../text.ts';
import { collect } from '../values.ts';
import { type Common, type Named, named, officeSigner, stageOf, titleOf, verb, withProgramme } from './common.ts';

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

/** A table of teams: place, points and how sure they are. */
export function describeOutcome(output: Output, outcome: Outcome): void {
  const { teams, totals, places, statistics, keptChance, vetoes } = outcome;
  const order = teams
    .map((_, i) => i)
    .sort((a, b) => (places.get(teams[a]!)?.place ?? 1e9) - (places.get(teams[b]!)?.place ?? 1e9));
  // Of totals that are not all there yet nobody can tell how sure their order is.
  const complete = totals.every((total) => total !== null);
  const rows = order.map((i) => {
    const total = totals[i];
    const { low, high, standardError } = statistics.totals[i]!;
    return [
      String(places.get(teams[i]!)?.place ?? 'veto'),
      teams[i]!,
      typeof total === 'number' ? total.toFixed(outcome.book.rounding?.decimals ?? 3) : (total ?? 'not complete'),
      standardError === null ? '' : `${low.toFixed(1)} to ${high.toFixed(1)}`,
      ...(complete ? [percent(keptChance[i]!)] : []),
    ];
  });
  for (const line of table(
    [
      [
        'place',
        'consortium',
        'points',
        `${Number((100 * statistics.level).toFixed(1))}% interval`,
        ...(complete ? ['chance to stay by points'] : []),
      ],
      ...rows,
    ],
    [0, 2, 4],
  ))
    output.line(line);
  for (const { consortium, reasons } of vetoes) output.line(`veto: ${consortium}: ${reasons.join('; ')}`);
  if (!complete) return;
  if (outcome.undecided.length > 0)
    output.line(
      `The rules leave it open between ${outcome.undecided.join(' and ')}: they are equal across the border.`,
    );
  const { points } = outcome.moves;
  if (points)
    output.line(
      `Weights would have to move by ${points.far.toFixed(2)} points in all before ${teams[points.out]} stayed instead of ${teams[points.kept]}.`,
    );
  output.line(`${count(statistics.draws)} draws from the seed ${outcome.seed}.`);
}

/** What --json prints of an outcome. */
export const outcomeJson = ({
  teams,
  totals,
  places,
  keptChance,
  kept,
  out,
  undecided,
  vetoes,
  seed,
  moves,
  statistics,
}: Outcome) => ({
  teams: teams.map((id, i) => ({
    id,
    total: totals[i]!,
    place: places.get(id)?.place ?? null,
    interval:
      statistics.totals[i]!.standardError === null ? null : [statistics.totals[i]!.low, statistics.totals[i]!.high],
    places: statistics.place[i]!,
    keptChance: keptChance[i]!,
  })),
  kept,
  out,
  undecided,
  vetoes,
  seed,
  moves: {
    points: moves.points
      ? { far: moves.points.far, kept: teams[moves.points.kept], out: teams[moves.points.out] }
      : null,
    share: moves.share ? { far: moves.share.far, kept: teams[moves.share.kept], out: teams[moves.share.out] } : null,
  },
});

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
      const { warnings, row } = await withProgramme(options, async (programme, _files, room) => {
        const opening = {
          id,
          title: titleOf(id, options),
          ...(options.rules === undefined ? {} : { ruleBook: options.rules }),
          ...(options.consortium === undefined ? {} : { consortia: options.consortium }),
        };
        const warnings = await room.openStage(programme, opening, room.officeActor());
        return { warnings, row: room.stageRow(programme.tables, id) };
      });
      const consortia = row.consortia as string[];
      output.result({ stage: id, ruleBook: row.ruleBook, consortia, warnings }, () => {
        output.line(`Opened ${id} for ${consortia.join(', ')}`);
        for (const warning of warnings) output.line(`  note: ${warning}`);
        output.line(`Next:\n  ${calledAs()} program submit BUNDLE --consortium ${consortia[0]}`);
      });
    });

  verb(program, 'close', 'close a stage: forms are revealed, the log is signed', 'close stage-1')
    .argument('[stage]', 'default: the last one')
    .option('--anyway', 'although something is lacking that the rule book asks for')
    .action(async (wanted: string | undefined, options: Common & { anyway?: boolean }) => {
      const result = await withProgramme(options, async (programme, _files, room) => {
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
        return { stage, lacking, ...programme.head };
      });
      output.result(result, () => {
        output.line(`Closed ${result.stage}; the log is signed up to entry ${result.seq - 1}`);
        output.line(`  link of entry ${result.seq}  ${result.link}`);
        output.line(`Next:\n  ${calledAs()} program decide ${result.stage}`);
      });
    });

  verb(program, 'standings', 'how a stage stands, and how sure that is; for the office', 'standings stage-1')
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const { stage, outcome, lacking, sealed } = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        return {
          stage,
          outcome: await room.outcomeOf(programme, stage),
          lacking: room.lackingOf(programme.tables, stage),
          sealed: [...programme.tables.of('forms', 'stage', stage)].filter(({ form }) => form === null).length,
        };
      });
      output.result({ stage, ...outcomeJson(outcome), lacking, sealed }, () => {
        describeOutcome(output, outcome);
        for (const line of lacking) output.line(`lacking: ${line}`);
        if (sealed > 0) output.line(`sealed: ${sealed} of the experts' forms; they count when the stage closes`);
      });
    });

  verb(program, 'decide', 'decide a closed stage by its rule book, signed', 'decide stage-1')
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const { stage, outcome } = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        const signer = await officeSigner(programme.tables);
        return { stage, outcome: await room.decide(programme, signer, stage, room.officeActor()) };
      });
      output.result({ stage, ...outcomeJson(outcome) }, () => {
        describeOutcome(output, outcome);
        output.line();
        output.line(`Kept: ${outcome.kept.join(', ') || 'nobody'}`);
        for (const { consortium, reason } of outcome.out) output.line(`Out:  ${consortium}, by ${reason}`);
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
          const [entry] = await programme.record(room.officeActor(), [{ kind, data }]);
          return entry!.seq;
        });
        output.result({ appeal: id, seq }, () =>
          output.line(`${answers ? `Answered the appeal ${id}` : `Filed the appeal ${id}`} (entry ${seq})`),
        );
      },
    );

  verb(program, 'finish', 'make a decision final: who is out leaves the programme', 'finish stage-1')
    .argument('[stage]', 'default: the last one')
    .action(async (wanted: string | undefined, options: Common) => {
      const result = await withProgramme(options, async (programme, _files, room) => {
        const stage = stageOf(programme.tables, wanted);
        const dropped = await room.finishStage(programme, stage, room.officeActor());
        return { stage, dropped };
      });
      output.result(result, () =>
        output.line(result.dropped.length > 0 ? `Left the programme: ${result.dropped.join(', ')}` : 'Nobody leaves.'),
      );
    });
}
