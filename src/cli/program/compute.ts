// `jikji program catalogue, allot, usage, compute, reliance`: the value chain, allotments and usage of compute, self-reliance.

import { basename } from 'node:path';
import { count, JikjiError } from '../../base/index.ts';
import { readCatalogueFile } from '../../fleet/index.ts';
import { calledAs } from '../called-as.ts';
import { indexLines, whatIfLines } from '../chain-report.ts';
import { note } from '../output.ts';
import { reliance } from '../rooms.ts';
import { table } from '../text.ts';
import { parseWithout } from '../without-words.ts';
import type { OpenProgramme } from './opened.ts';
import { type NewVerb, next } from './verb.ts';

/** Device-hours for people; below ten with decimals. */
export const hoursText = (hours: number): string =>
  Math.abs(hours) < 10 ? String(Number(hours.toPrecision(4))) : count(hours);

export function addCatalogue(verb: NewVerb): void {
  verb('catalogue', 'register the catalogue of the value chain; it is in force from then on')
    .example('catalogue value-chain.yaml')
    .argument('<files...>', 'catalogue files, read as one')
    .takes('registerCatalogue', { alone: true })
    .does(
      'registerCatalogue',
      async ({ perform }, { alone }, texts: ReturnType<typeof readCatalogueFile>) => {
        const found = await perform('registerCatalogue', { texts, alone });
        for (const name of found.strangers)
          note(`note: the programme has no consortium ${name}: what is theirs counts for nobody`);
        return {
          json: found,
          lines: [
            `Registered a catalogue of ${found.components} components and ${found.uses} uses`,
            `  digest  ${found.digest}`,
            next('reliance'),
          ],
        };
      },
      (_, files: string[]) => files.flatMap((file) => readCatalogueFile(file, basename(file))),
    );
}

const PERIOD = {
  id: '<id>',
  consortium: true,
  from: '--from <day>',
  to: '--to <day>',
  deviceHours: '--hours <n>',
  source: true,
  cluster: '--on <cluster>',
} as const;

export function addAllotments(verb: NewVerb): void {
  verb('allot', 'give a consortium hours of a cluster; one of the same id replaces it')
    .example('allot han-q1 --consortium han --on titan --from 2026-01-01 --to 2026-03-31 --hours 50000')
    .takes('allot', PERIOD)
    .records(
      'allot',
      ({ consortium, deviceHours, cluster }, nameOf) =>
        `${nameOf(consortium)} has ${hoursText(deviceHours)} device-hours of ${cluster}`,
    );

  verb('usage', 'what the office metered; one of the same id replaces it')
    .example('usage han-january --consortium han --on titan --from 2026-01-01 --to 2026-01-31 --hours 12000')
    .takes('reportUsage', { ...PERIOD, submission: true })
    .records('reportUsage', ({ consortium, deviceHours, cluster }, nameOf) => {
      const where = cluster === null ? '' : ` of ${cluster}`;
      return `Metered ${hoursText(deviceHours)} device-hours${where} of ${nameOf(consortium)}`;
    });

  verb('compute', 'what was allotted, used, and is left')
    .example('compute')
    .handle(() => accountsOf);
}

async function accountsOf({ tables, room, nameOf }: OpenProgramme) {
  const { accountsOf } = await reliance();
  room.programmeOf(tables);
  const allotments = room.allotmentsOf(tables);
  const usages = room.usagesOf(tables);
  const registered = room.catalogueAt(tables);
  const catalogue = registered ? { digest: registered.digest, parts: registered.catalogue.parts } : null;
  const accounts = accountsOf(allotments, usages).map((account) => ({ ...account, name: nameOf(account.consortium) }));
  const head = ['consortium', 'cluster', 'from', 'to', 'allotted', 'said', 'metered', 'counted', 'left'];
  const rows = accounts.map(({ name, cluster, from, to, allotted, said, metered, counted, left }) => [
    name,
    cluster ?? 'not known',
    from,
    to,
    allotted === null ? 'none' : hoursText(allotted),
    ...[said, metered, counted].map(hoursText),
    left === null ? '' : `${hoursText(left)}${left < 0 ? ' (over)' : ''}`,
  ]);
  const said = '\nDevice-hours: "said" is the maker\'s word; where the office metered, that is counted in its place.';
  return {
    json: { catalogue, accounts, allotments, usages },
    lines: [
      ...(catalogue?.parts ?? []).map(({ id, version, title }) => `Catalogue: ${title.en} (${id}, version ${version})`),
      ...(catalogue ? [] : ['No catalogue is registered']),
      ...(rows.length === 0
        ? ['Nothing was allotted and nothing used']
        : [said, ...table([head, ...rows], [4, 5, 6, 7, 8]).map((line) => `  ${line}`)]),
    ],
  };
}

interface Asked {
  consortium?: string;
  without?: string[];
}

async function relianceOf({ tables, room, nameOf }: OpenProgramme, { consortium, without = [] }: Asked) {
  const chains = await reliance();
  const { id } = room.programmeOf(tables);
  if (consortium !== undefined) room.requireRow(tables, 'consortia', consortium, 'consortium');
  const chain = room.chainAt(tables, () => true);
  if (!chain) {
    const hint = `register one: ${calledAs()} program catalogue FILE`;
    throw new JikjiError('no-catalogue', 'no catalogue of the value chain is registered', id, hint);
  }
  const { catalogue } = chain;
  const graph = new chains.Graph(catalogue);
  const { selfReliance, ...rules } = room.rulesNow(tables);
  const active = room.activeOf(tables);
  const index = room.indexOf(graph, { consortia: active, consortium }, selfReliance);
  const consortia = consortium === undefined ? active : [consortium];
  const asked = { uses: room.usesIn(tables, catalogue, consortium), consortia };
  const whatIf = without.length > 0 ? chains.whatIf(graph, parseWithout(without, catalogue), asked) : null;
  return {
    json: { programme: id, index, whatIf, rules: { ...rules, selfReliance } },
    lines: [...indexLines(index), ...(whatIf ? whatIfLines(whatIf, catalogue, nameOf) : [])],
  };
}

export function addReliance(verb: NewVerb): void {
  verb('reliance', 'how much of the value chain is at home, and what stops without somebody')
    .example('reliance --without nvidia')
    .option('--consortium <id>', 'of one consortium (default: of the programme)')
    .repeatable('--without <supplier or country>', 'what if it falls away; may be given several times')
    .handle((asked: Asked) => (opened) => relianceOf(opened, asked));
}
