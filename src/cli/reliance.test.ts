// `jikji reliance`: the chains of one run on three machines, in words and in JSON, and wrong calls.

import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { textWidth } from '../base/index.ts';
import { argv } from '../base/testing/argv.ts';
import type { RelianceReport } from './reliance-report.ts';
import {
  callHere,
  callsIn,
  environment,
  errorOf,
  type PrintedError,
  succeed,
  tree,
  workFolder,
} from './testing/bad-input.ts';

const LAPTOP = 'Intel(R) Core(TM) Ultra 7 155H';
const programme = (file: string) => fileURLToPath(new URL(`../../programs/${file}`, import.meta.url));
const KOREA = programme('korea-2025/value-chain.yaml');
const RULES = programme('practice/stage-1.yaml');

const folder = workFolder();
const { jikji, refused } = callsIn(folder);
const inRun = (name: string) => join(folder, 'runs/t', name);
beforeAll(async () => {
  await succeed(jikji`make t.yaml`);
  // As if it had been made on a laptop.
  const sessions = readFileSync(inRun('sessions.jsonl'), 'utf8');
  writeFileSync(inRun('sessions.jsonl'), sessions.replace(/"device":"[^"]*"/g, `"device":"${LAPTOP}"`));
});

async function report(...args: string[]): Promise<RelianceReport> {
  const { stdout } = await succeed(jikji`reliance runs/t ${args}`);
  return JSON.parse(stdout);
}

/** By layer: home, abroad, not known in percent, and what it is. */
const chainOf = ({ index }: RelianceReport) =>
  Object.fromEntries(
    index.layers.map(({ layer, home, abroad, unknown, parts }) => [
      layer,
      [
        ...[home, abroad, unknown].map((share) => Math.round(share * 100)),
        parts.map(({ component }) => component).sort(),
      ],
    ]),
  );
const NOT_KNOWN = [0, 0, 100, [null]];

/** The page, without what a terminal would do with it. */
async function page(columns: number, ...args: string[]): Promise<string> {
  const screen = process.stdout as { columns?: number };
  const before = screen.columns;
  screen.columns = columns;
  try {
    const { stdout } = await succeed(callHere(folder, argv`reliance runs/t ${args}`, environment(folder)));
    return stripVTControlCharacters(stdout);
  } finally {
    Object.assign(screen, { columns: before });
  }
}

test('the same model made on a laptop, made on Titan, and served on Rebel100: three chains, each explained', async () => {
  const nvidia = argv`--maker-country KR --catalogue ${KOREA} --without nvidia`;
  const laptop = await report(...nvidia);
  const titan = await report('--on', 'titan', ...nvidia);
  const rebel = await report('--serve', '--on', 'rebellions-rebel100', ...nvidia);

  const same = {
    software: [0, 67, 33, ['jikji', 'node', 'v8']],
    data: [0, 0, 100, ['data:files']],
    weights: [100, 0, 0, ['run:weights']],
  };
  expect(chainOf(laptop)).toEqual({
    chip: [0, 100, 0, ['intel-processor']],
    memory: NOT_KNOWN,
    server: NOT_KNOWN,
    'data-center': NOT_KNOWN,
    cloud: NOT_KNOWN,
    ...same,
  });
  expect(chainOf(titan)).toMatchObject({
    chip: [0, 100, 0, ['nvidia-gpu']],
    server: NOT_KNOWN,
    'data-center': [100, 0, 0, ['titan-site']],
    cloud: [100, 0, 0, ['sk-telecom-operation']],
    ...same,
  });
  expect(titan.index.layers.find(({ layer }) => layer === 'memory')).toMatchObject({ abroad: 0 });
  expect(chainOf(rebel)).toEqual({
    chip: [100, 0, 0, ['rebellions-rebel100']],
    memory: NOT_KNOWN,
    server: NOT_KNOWN,
    'data-center': NOT_KNOWN,
    cloud: NOT_KNOWN,
    software: NOT_KNOWN,
    weights: [100, 0, 0, ['run:weights']],
  });

  // Why: what falls with Nvidia, what would stop each, and what the record says of the machine.
  expect(titan.without).toMatchObject({
    fate: 'stops',
    because: ['run', 'titan', 'nvidia-gpu'],
    remaining: { now: { low: 0, high: 0 }, could: { low: 0, high: 0 } },
  });
  expect(laptop.without).toMatchObject({ fate: 'goes-on-as-far-as-known', because: [] });
  expect(laptop.without!.unknown).not.toContain('chip');
  expect(rebel.without).toMatchObject({ fate: 'goes-on-as-far-as-known', because: [] });
  expect(rebel.without!.unknown).toEqual(['memory', 'server', 'data-center', 'cloud', 'software']);
  expect(laptop.smallest).toMatchObject({ size: 1, sets: [['intel']], exact: true });
  expect(titan.smallest).toMatchObject({ size: 1, sets: [['nvidia']], exact: true });
  expect(rebel.smallest).toMatchObject({ size: null, sets: [], none: 'run' });
  expect(titan.recorded.devices).toEqual([LAPTOP]);
  expect(titan.notes).toContain(`The machine is by your word. The record says: ${LAPTOP}.`);
  // Nothing here compared the texts with their sources, and it says so.
  expect(laptop.notes).toEqual([
    expect.stringMatching(/^Where the texts come from, .* is the maker’s word\. .*--sources/),
  ]);
  expect(rebel.notes[0]).toContain('is not in the record');
  expect(rebel.notes.join()).not.toContain('texts'); // serving needs none
  expect(titan).toMatchObject({
    kind: 'training',
    home: ['KR'],
    homeBy: 'catalogue',
    on: { component: 'titan', name: 'Titan' },
  });
  for (const { components, index } of [laptop, titan, rebel]) {
    const named = index.layers.flatMap(({ parts }) => parts.flatMap(({ component }) => component ?? []));
    expect(Object.keys(components)).toEqual(expect.arrayContaining(named));
  }
  expect(rebel.components['rebellions-rebel100']).toMatchObject({
    supplier: { id: 'rebellions' },
    country: 'KR',
    held: false,
  });
  expect(laptop.components.node).toMatchObject({ country: 'US', held: true, verified: false });
});

test('a run is reported as far as it was made, and local files are called only "files"', async () => {
  const whole = await page(80);
  expect(whole).toMatch(/^t, as it was made$/m);
  expect(whole).toContain('Texts from the maker’s files');
  const hide = (name: string) => renameSync(inRun(name), inRun(`${name}.away`));
  const show = (name: string) => renameSync(inRun(`${name}.away`), inRun(name));
  hide('result.json');
  expect(await page(80)).toMatch(/^t, as far as it was made$/m);
  hide('transcript.jsonl');
  try {
    expect(await page(80)).toMatch(/^t, not trained yet$/m);
  } finally {
    for (const name of ['result.json', 'transcript.jsonl']) show(name);
  }
});

test('the options set the home countries and who falls away', async () => {
  const korea = await report();
  expect(korea).toMatchObject({ home: ['KR'], homeBy: 'default', without: null });
  const us = await report(
    '--home',
    'us',
    '--home',
    'CA',
    '--without',
    'intel',
    '--without',
    'KR',
    '--catalogue',
    KOREA,
  );
  expect(us).toMatchObject({ home: ['US', 'CA'], homeBy: 'option' });
  expect(chainOf(us)).toMatchObject({
    chip: [100, 0, 0, ['intel-processor']],
    software: [67, 0, 33, ['jikji', 'node', 'v8']],
  });
  expect(us.without).toMatchObject({
    suppliers: ['intel'],
    countries: ['KR'],
    fate: 'stops',
    because: ['run', 'run:machine', 'intel-processor'],
  });
  expect(us.smallest.size).toBeNull();
  // By a name, and without those of whom a copy is held.
  expect((await report('--without', '인텔')).without).toMatchObject({ suppliers: ['intel'], fate: 'stops' });
  const google = (await report('--without', 'google')).without!;
  expect(google).toMatchObject({
    held: ['v8'],
    because: [],
    unknown: expect.not.arrayContaining(['chip', 'software']),
  });
});

test('a rule book: the score is the sum of weight times home share; below a floor there is no score', async () => {
  const on = argv`--on titan --catalogue ${KOREA} --maker-country KR`;
  const below = await report('--rules', RULES, '--maker-country', 'KR');
  expect(below.index.overall).toEqual({ state: 'below-floor', score: null, below: ['data-center'] });
  const { index } = await report('--rules', RULES, ...on);
  // chip 20 x 0, server 5 x 0, data center 15 x 1, cloud 10 x 1, software 10 x 0, data 10 x 0, weights 20 x 1
  const memory = index.layers.find(({ layer }) => layer === 'memory')!.home;
  expect(index.overall).toEqual({ state: 'scored', score: 15 + 10 + 20 + 10 * memory, below: [] });
  const without = await report('--rules', programme('korea-2025/stage-1.yaml'));
  expect(without.index.overall.state).toBe('no-rules');
  expect(without.notes).toContain('The rule book has no floors and weights of self-reliance.');
});

test('software by bills of materials and a lock file, each thing once', async () => {
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      { type: 'library', name: 'a', version: '1.0.0', purl: 'pkg:npm/a@1.0.0', supplier: { name: 'Somebody' } },
      { type: 'library', name: 'b', licenses: [{ license: { id: 'MIT' } }], supplier: { name: 'US' } },
      { type: 'library', name: 'not there', scope: 'excluded' },
      { type: 'file', name: 'README' },
    ],
  };
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/@scope/c': { version: '2.0.0', license: 'ISC' },
      'node_modules/d': { version: '1.0.0', dev: true },
      'node_modules/e': { version: '1.0.0', os: ['no such system'] },
    },
  };
  const files = join(`${folder}.home`, 'bills');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'bom.json'), JSON.stringify(bill));
  writeFileSync(join(files, 'lock.json'), JSON.stringify(lock));
  const words = argv`--without US --without Somebody`;
  const found = await report('--cyclonedx', join(files, 'bom.json'), '--lock', join(files, 'lock.json'), ...words);
  const added = ['run:library:b', 'run:library:pkg:npm/%40scope/c@2.0.0', 'run:library:pkg:npm/a@1.0.0'];
  expect(chainOf(found).software).toEqual([0, 33, 67, ['jikji', 'node', ...added, 'v8']]);
  expect(added.map((id) => found.components[id]!.held)).toEqual([true, true, false]);
  expect(found.components['run:library:pkg:npm/a@1.0.0']!.supplier!.name.en).toBe('Somebody');
  expect(found.notes).toContainEqual(expect.stringContaining('2 components'));
  // A supplier that a bill calls as a country is, does not stand in its place.
  expect(found.without).toMatchObject({ suppliers: ['run:by Somebody'], countries: ['US'] });
});

test.each([100, 80, 60, 40])('in a terminal of %d columns no line is wider', async (columns) => {
  // A note names the file: by its path here, the number of lines would depend on where the repository lies.
  copyFileSync(KOREA, join(folder, 'korea.yaml'));
  const said = await page(columns, ...argv`--on titan --catalogue korea.yaml --maker-country KR --without nvidia`);
  for (const line of said.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
  const words = said.replace(/\s+/g, ' ');
  for (const part of [
    't, as if made on Titan',
    'Home is South Korea (KR)',
    'Nvidia GPU',
    '░ 100%',
    '█ 100%',
    'not known',
    'Without Nvidia it stops',
  ])
    expect(words).toContain(part);
  expect(said).not.toContain(folder);
  expect(words).toMatch(/needs Titan, which needs Nvidia GPU/);
  if (columns === 80) expect(said.split('\n').length).toBeLessThan(35);
});

test('a data center at home under foreign duties is shown as what it is, beside the index', async () => {
  const words = ['--on', 'ai-data-center', '--catalogue', KOREA];
  const found = await report(...words);
  expect(found.index.layers.find(({ layer }) => layer === 'data-center')).toMatchObject({ home: 1, abroad: 0 });
  expect(found.components['ai-data-center-site']).toMatchObject({
    country: 'KR',
    operation: { owner: null, laws: ['US'], asOf: '2026-12-03', verified: true },
  });
  const said = (await page(200, ...words)).replace(/\s+/g, ' ');
  expect(said).toContain('to come: at home, operated under duties of US law, owner not known (as of 2026-12-03)');
  expect(said).toContain('Amazon: abroad, operated under duties of US law');
  const titan = (await page(200, '--on', 'titan', '--catalogue', KOREA)).replace(/\s+/g, ' ');
  expect(titan).toContain('Data center of Titan: at home, owner and foreign duties not known');
});

test('its help has only commands that can be typed', async () => {
  expect(await page(80, '--help')).not.toContain('[]');
});

test('for uses that may stop or go on, the whole range of remaining work is shown', async () => {
  const files = join(`${folder}.home`, 'in-part');
  mkdirSync(files, { recursive: true });
  const catalogue = `formatVersion: 1
id: own
version: 1
title: { en: Own }
suppliers: [{ id: far, name: { en: Far }, country: US }]
chips:
  - { id: c, name: { en: C }, supplier: far, uses: [training] }
  - { id: d, name: { en: D }, country: KR, uses: [training] }
clusters: [{ id: one, name: { en: One }, chips: [{ id: c, share: 0.75 }, { id: d, share: 0.25 }] }]
`;
  writeFileSync(join(files, 'own.yaml'), catalogue);
  const said = await page(100, '--catalogue', join(files, 'own.yaml'), '--on', 'one', '--without', 'far');
  const words = said.replace(/\s+/g, ' ');
  expect(words).toContain('Without Far it may stop or go on: something is not known in chip, memory, server');
  expect(words).toContain('Of its work remains at once: 0% to 25%; when others take over: 0% to 100%.');
});

test('an unreadable manifest: its data is reported as not known; no control character is printed', async () => {
  const there = readFileSync(inRun('corpus/manifest.json'), 'utf8');
  const sessions = readFileSync(inRun('sessions.jsonl'), 'utf8');
  try {
    for (const wrong of ['{', '{"sources": 5}', 'null']) {
      writeFileSync(inRun('corpus/manifest.json'), wrong);
      const found = await report('--maker-country', 'KR');
      expect(chainOf(found).data).toEqual(NOT_KNOWN);
      expect(found.notes).toContainEqual(expect.stringContaining('corpus/manifest.json could not be read'));
    }
    const hostile = JSON.parse(there);
    hostile.sources = [null, { origin: { npm: '@scope/\u001b[2Jtext@1.0.0' } }, { origin: { npm: 5 } }];
    writeFileSync(inRun('corpus/manifest.json'), JSON.stringify(hostile));
    writeFileSync(inRun('sessions.jsonl'), sessions.replaceAll(LAPTOP, '\\u001b]0;x\\u0007Chip'));
    const { recorded } = await report();
    expect(recorded.sources).toEqual(['files', 'npm:@scope/ [2Jtext', 'files']);
    expect(recorded.devices).toEqual([' ]0;x Chip']);
    expect(await page(80)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  } finally {
    writeFileSync(inRun('corpus/manifest.json'), there);
    writeFileSync(inRun('sessions.jsonl'), sessions);
  }
});

test('wrong calls: each error says what is wrong and how to fix it, and nothing is written', async () => {
  const files = join(`${folder}.home`, 'wrong');
  mkdirSync(files, { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(files, name), text);
    return join(files, name);
  };
  const bill = (components: object[], rest = {}) =>
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components, ...rest });
  const huge = file('huge.json', '');
  truncateSync(huge, 50 << 20);
  const start = 'formatVersion: 1\nid: mine\nversion: 1\ntitle: { en: mine }\n';
  const before = tree(folder);
  const wrong: [string[], Partial<PrintedError>][] = [
    [['runs/none'], { code: 'run-missing', input: 'runs/none' }],
    [['runs'], { code: 'not-a-run', input: 'runs' }],
    [['t.yaml'], { code: 'catalogue-unknown-key', input: 't.yaml:1' }],
    [argv`runs/t --on titan`, { code: 'machine-unknown', input: 'titan' }],
    [argv`runs/t --on rebellions-rebel10`, { code: 'machine-unknown', hint: 'did you mean rebellions-rebel100?' }],
    [argv`runs/t --without nvida`, { code: 'supplier-unknown', hint: 'did you mean nvidia?' }],
    [argv`runs/t --without FR`, { code: 'country-unknown', input: 'FR' }],
    [argv`runs/t --home Korea`, { code: 'usage', input: '--home Korea', hint: 'did you mean South Korea (KR)?' }],
    [argv`runs/t --home UK`, { code: 'usage', hint: 'did you mean United Kingdom (GB)?' }],
    [argv`runs/t --maker-country K`, { code: 'usage', input: '--maker-country K' }],
    [argv`runs/t --catalogue none.yaml`, { code: 'file-missing', input: 'none.yaml' }],
    [argv`runs/t --catalogue ${KOREA} --catalogue ${KOREA}`, { code: 'catalogue-twice' }],
    [
      ['runs/t', '--catalogue', file('x.yaml', `${start}chip: []\n`)],
      { code: 'catalogue-unknown-key', input: `${join(files, 'x.yaml')}:5` },
    ],
    [argv`runs/t --rules ${KOREA}`, { code: 'rule-book-unknown-key' }],
    [argv`runs/t --lock t.yaml`, { code: 'package-lock-json', input: 't.yaml' }],
    [argv`runs/t --lock ${file('old.json', '{"lockfileVersion": 1}')}`, { code: 'package-lock-version' }],
    [argv`runs/t --cyclonedx runs`, { code: 'file-broken', input: 'runs' }],
    [
      argv`runs/t --cyclonedx ${huge}`,
      { code: 'cyclonedx-too-large', input: huge, message: 'has 50.0 MiB; the limit of a CycloneDX file is 32 MiB' },
    ],
    [argv`runs/t --cyclonedx ${file('bom.xml', '<bom/>')}`, { code: 'cyclonedx-xml' }],
    [
      ['runs/t', '--cyclonedx', file('a.json', bill([{ type: 'library', name: 'a' }, { type: 'library' }]))],
      { code: 'cyclonedx-missing', message: 'components[1].name is missing' },
    ],
    [
      [
        'runs/t',
        '--cyclonedx',
        file(
          'b.json',
          bill([{ type: 'library', name: 'a', 'bom-ref': 'a' }], { dependencies: [{ ref: 'a', dependsOn: ['b'] }] }),
        ),
      ],
      {
        code: 'cyclonedx-unknown-ref',
        message: 'dependencies[0].dependsOn[0] names "b", which is not a bom-ref of this file',
      },
    ],
  ];
  for (const [args, expected] of wrong) {
    const outcome = await jikji`reliance ${args}`;
    expect(errorOf(outcome), args.join(' ')).toMatchObject(expected);
  }
  expect(tree(folder)).toEqual(before);
});

test('a catalogue: all its uses, without a run and without a programme', async () => {
  const { stdout } = await succeed(jikji`reliance ${KOREA} --without nvidia`);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    home: ['KR'],
    homeBy: 'catalogue',
    uses: expect.arrayContaining(['sk-telecom-training']),
  });
  const layer = (name: string) => found.index.layers.find((one: { layer: string }) => one.layer === name);
  expect(layer('chip').abroad).toBeGreaterThan(0.8);
  expect(layer('weights').home).toBeCloseTo(11 / 12, 10);
  const fates = Object.fromEntries(found.whatIf.uses.map(({ use, fate }: Record<string, string>) => [use, fate]));
  expect(fates['sk-telecom-training']).toBe('stops');
  expect(found.smallest).toMatchObject({ by: 'supplier', size: null });

  expect(await refused`reliance ${KOREA} --on titan`).toMatchObject({ code: 'usage' });
  const text = 'formatVersion: 1\nid: none\nversion: 1\ntitle: { en: None }\n';
  writeFileSync(join(folder, 'none.yaml'), text);
  expect(await refused`reliance none.yaml`).toMatchObject({ code: 'catalogue-empty' });
  rmSync(join(folder, 'none.yaml'));
});
