// `jikji program catalogue, allot, usage, compute, reliance`: the value chain, what is handed out of it, how much comes from abroad.

import { basename } from 'node:path';
import type { Command } from 'commander';
import { count, JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { calledAs } from '../called-as.ts';
import { printIndex, printWhatIf } from '../chain-report.ts';
import { collect, number } from '../option-values.ts';
import type { Output } from '../output.ts';
import { reliance } from '../rooms.ts';
import { table } from '../text.ts';
import { wordsFor } from '../without-option.ts';
import { type Common, type Opened, plainTitle, record, verb, withProgramme } from './common.ts';
import { type Source, sourceOf, sourceOptions } from './source.ts';

/** Of a catalogue's file. */
const MOST_BYTES = 4 << 20;

interface Period {
  consortium: string;
  from: string;
  to: string;
  hours: number;
}

const periodOptions = (command: Command): Command =>
  sourceOptions(
    command
      .requiredOption('--consortium <id>', 'whose they are')
      .requiredOption('--from <day>', 'the first day, such as 2026-01-01')
      .requiredOption('--to <day>', 'the last day')
      .requiredOption('--hours <n>', 'hours of devices', number('--hours', 0, 1e12)),
  );

const periodOf = (id: string, { consortium, from, to, hours, ...source }: Period & Source) => ({
  id,
  consortium,
  from,
  to,
  deviceHours: hours,
  ...(source.publisher !== undefined && { source: sourceOf(source, id) }),
});

/** Of less than ten, parts of an hour too. */
export const hoursText = (hours: number): string =>
  Math.abs(hours) < 10 ? String(Number(hours.toPrecision(4))) : count(hours);

function addCatalogue(program: Command, output: Output): void {
  verb(
    program,
    'catalogue',
    'register the catalogue of the value chain; it is in force from then on',
    'catalogue value-chain.yaml',
  )
    .argument('<files...>', 'catalogue files, read as one')
    .option('--alone', 'without the catalogue of chips and well-known software that comes with Jikji')
    .action(async (files: string[], { alone = false, ...options }: Common & { alone?: boolean }) => {
      const texts = files.map((file) => ({ file: basename(file), text: readSmallFile(file, MOST_BYTES) }));
      const found = await withProgramme(options, ({ perform }) => perform('registerCatalogue', { texts, alone }));
      for (const name of found.strangers)
        process.stderr.write(`note: the programme has no consortium ${name}: what is theirs counts for nobody\n`);
      output.result(found, () => {
        output.line(`Registered a catalogue of ${found.components} components and ${found.uses} uses`);
        output.line(`  digest  ${found.digest}`);
        output.line(`Next:\n  ${calledAs()} program reliance`);
      });
    });
}

function addAllot(program: Command, output: Output): void {
  periodOptions(
    verb(
      program,
      'allot',
      'give a consortium hours of a cluster; one of the same id replaces it',
      'allot han-q1 --consortium han --on titan --from 2026-01-01 --to 2026-03-31 --hours 50000',
    ).argument('<id>', 'what it is called'),
  )
    .requiredOption('--on <cluster>', 'a cluster of the catalogue')
    .action((id: string, options: Common & Period & Source & { on: string }) => {
      const { consortium, hours, on } = options;
      return record(output, options, 'allot', {
        input: { ...periodOf(id, options), cluster: on },
        words: (nameOf) => `${nameOf(consortium)} has ${hoursText(hours)} device-hours of ${on}`,
      });
    });
}

function addUsage(program: Command, output: Output): void {
  periodOptions(
    verb(
      program,
      'usage',
      'what the office metered; one of the same id replaces it',
      'usage han-january --consortium han --on titan --from 2026-01-01 --to 2026-01-31 --hours 12000',
    ).argument('<id>', 'what it is called'),
  )
    .option('--on <cluster>', 'a cluster of the catalogue (default: not known)')
    .option('--submission <id>', "it counts in the place of this submission's session records")
    .action((id: string, options: Common & Period & Source & { on?: string; submission?: string }) => {
      const { consortium, hours, on = null, submission = null } = options;
      const where = on === null ? '' : ` of ${on}`;
      return record(output, options, 'reportUsage', {
        input: { ...periodOf(id, options), cluster: on, submission },
        words: (nameOf) => `Metered ${hoursText(hours)} device-hours${where} of ${nameOf(consortium)}`,
      });
    });
}

async function accountsIn({ tables, room, nameOf }: Opened) {
  const { accountsOf } = await reliance();
  room.programmeOf(tables);
  const allotments = room.allotmentsOf(tables);
  const usages = room.usagesOf(tables);
  const catalogue = room.catalogueAt(tables);
  return {
    catalogue: catalogue ? { digest: catalogue.digest, parts: catalogue.catalogue.parts } : null,
    accounts: accountsOf(allotments, usages).map((account) => ({ ...account, name: nameOf(account.consortium) })),
    allotments,
    usages,
  };
}

function addAccountsOfHours(program: Command, output: Output): void {
  verb(program, 'compute', 'what was allotted, used, and is left', 'compute').action(async (options: Common) => {
    const found = await withProgramme(options, accountsIn);
    output.result(found, () => {
      for (const { id, version, title } of found.catalogue?.parts ?? [])
        output.line(`Catalogue: ${plainTitle(title)} (${id}, version ${version})`);
      if (!found.catalogue) output.line('No catalogue is registered');
      if (found.accounts.length === 0) return output.line('Nothing was allotted and nothing used');
      const head = ['consortium', 'cluster', 'from', 'to', 'allotted', 'said', 'metered', 'counted', 'left'];
      const rows = found.accounts.map((account) => [
        account.name,
        account.cluster ?? 'not known',
        account.from,
        account.to,
        account.allotted === null ? 'none' : hoursText(account.allotted),
        hoursText(account.said),
        hoursText(account.metered),
        hoursText(account.counted),
        account.left === null ? '' : `${hoursText(account.left)}${account.left < 0 ? ' (over)' : ''}`,
      ]);
      output.line(
        '\nDevice-hours: "said" is the maker\'s word; where the office metered, that is counted in its place.',
      );
      for (const line of table([head, ...rows], [4, 5, 6, 7, 8])) output.line(`  ${line}`);
    });
  });
}

interface Asked extends Common {
  consortium?: string;
  without?: string[];
}

async function relianceOf({ tables, room }: Opened, { consortium, without = [] }: Asked) {
  const chains = await reliance();
  const { id } = room.programmeOf(tables);
  if (consortium !== undefined) room.existing(tables, 'consortia', consortium, 'consortium');
  const chain = room.chainAt(tables, () => true);
  if (!chain)
    throw new JikjiError(
      'no-catalogue',
      'no catalogue of the value chain is registered',
      id,
      `register one: ${calledAs()} program catalogue FILE`,
    );
  const graph = new chains.Graph(chain.catalogue);
  const { selfReliance, ...rules } = room.rulesNow(tables);
  const active = room.activeOf(tables);
  const index = room.indexOf(graph, { consortia: active, consortium }, selfReliance);
  const uses = room.usesIn(tables, chain.catalogue, consortium);
  const consortia = consortium === undefined ? active : [consortium];
  const asked = { uses, consortia };
  const whatIf = without.length > 0 ? chains.whatIf(graph, wordsFor(without, chain.catalogue), asked) : null;
  const teams = new Map([...tables.all('consortia')].map(({ id, name }) => [id, plainTitle(name)]));
  return { programme: id, index, whatIf, rules: { ...rules, selfReliance }, chain, teams };
}

function addReliance(program: Command, output: Output): void {
  verb(
    program,
    'reliance',
    'how much of the value chain is at home, and what stops without somebody',
    'reliance --without nvidia',
  )
    .option('--consortium <id>', 'of one consortium (default: of the programme)')
    .option('--without <supplier or country>', 'what if it falls away; may be given several times', collect)
    .action(async (options: Asked) => {
      const { chain, teams, ...result } = await withProgramme(options, (opened) => relianceOf(opened, options));
      output.result(result, () => {
        printIndex(output, result.index);
        if (result.whatIf) printWhatIf(output, result.whatIf, chain.catalogue, teams);
      });
    });
}

export function addCompute(program: Command, output: Output): void {
  for (const add of [addCatalogue, addAllot, addUsage, addAccountsOfHours, addReliance]) add(program, output);
}
