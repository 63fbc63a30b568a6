// A made-up value chain in the response types of the API. It has every state of a page, and things at home, abroad and of unknown place.

import type {
  ChipCard,
  ChipPage,
  Choices,
  ComputePage,
  Layer,
  Mentioned,
  Operation,
  ReliancePage,
  SmallestPage,
  Use,
  ValueChain,
  WhatIfPage,
} from '../types.ts';
import { madeUpFates, madeUpPicture } from './made-up-flow.ts';

const DAY = '2026-11-20T05:12:00.000Z';
const title = (en: string, ko: string) => ({ en, ko });
const LAYERS: Layer[] = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'];
const MADE_UP = [{ publisher: 'a made-up newspaper', date: '2026-01-15', url: 'https://example.org/1' }];

const SUPPLIERS = {
  northwind: { name: title('Northwind Semiconductor', '노스윈드 반도체'), country: 'US' },
  pine: { name: title('Pine Chips', '소나무칩'), country: 'KR' },
  river: { name: title('River Memory', '강물메모리'), country: 'KR' },
  'east-servers': { name: title('East Servers', '이스트 서버'), country: 'TW' },
  'azalea-halls': { name: title('Azalea Halls', '진달래센터'), country: 'KR' },
  openjs: { name: title('OpenJS Foundation', 'OpenJS 재단'), country: 'US' },
};
type SupplierId = keyof typeof SUPPLIERS;
/** A supplier whose country was not verified in a source. */
const UNREAD: SupplierId = 'pine';

/** At home, under foreign law; and one of which nothing is recorded. */
const UNDER_US_LAW: Operation = {
  owner: { id: 'northwind', name: SUPPLIERS.northwind.name, country: 'US' },
  laws: ['KR', 'US'],
  asOf: '2026-02-01',
  verified: true,
};
const NOT_RECORDED: Operation = { owner: null, laws: null, asOf: null, verified: true };

const component = (
  name: Mentioned[string]['name'],
  of: Mentioned[string]['of'],
  supplier: SupplierId | null,
  held = false,
): Mentioned[string] => ({
  name,
  of,
  supplier: supplier && { id: supplier, name: SUPPLIERS[supplier].name, verified: supplier !== UNREAD },
  country: supplier && SUPPLIERS[supplier].country,
  held,
  operation: of === 'data-center' ? UNDER_US_LAW : of === 'cloud' || of === 'compute' ? NOT_RECORDED : null,
  source: of === 'server' ? 'not recorded' : MADE_UP,
  verified: of !== 'server',
});

export const components: Mentioned = {
  nw100: component(
    title('Northwind NW-100 with a rather long name', '이름이 꽤 긴 노스윈드 NW-100'),
    'chip',
    'northwind',
  ),
  pine2: component(title('Pine-2', '소나무 2'), 'chip', 'pine'),
  'river-hbm': component(title('River HBM', '강물 HBM'), 'memory', 'river'),
  rack: component(title('East rack', '이스트 랙'), 'server', 'east-servers'),
  'azalea-hall': component(title('Azalea Hall', '진달래 데이터센터'), 'data-center', 'azalea-halls'),
  'azalea-one': component(title('Azalea One', '진달래 1호'), 'compute', 'azalea-halls'),
  'azalea-cloud': component(title('Azalea cloud', '진달래 클라우드'), 'cloud', 'azalea-halls'),
  node: component(title('Node.js', 'Node.js'), 'software', 'openjs', true),
};

const use = (id: string, kind: Use['kind'], name: Use['name'], consortium: string): Use => ({
  id,
  kind,
  name,
  model: 'azalea-1',
  consortium,
  word: id.startsWith('submission') ? 'evidence' : 'stated',
  source: MADE_UP,
  verified: true,
});
export const uses: Use[] = [
  use('azalea-training', 'training', title('Training of Azalea 1', '진달래 1 학습'), 'azalea'),
  use('submission-azalea-1', 'training', title('Run of azalea-1', 'azalea-1의 학습'), 'azalea'),
  use('azalea-serving', 'serving', title('Azalea 1 for everybody', '진달래 1 대국민 서비스'), 'azalea'),
  use('bellflower-serving', 'serving', title('Bellflower chat', '도라지 대화'), 'bellflower'),
];

/** The shares at home, abroad and unknown, by layer. */
const SHARES: [number, number, number][] = [
  [0.17, 0.66, 0.17],
  [0.58, 0, 0.42],
  [0, 0.35, 0.65],
  [1, 0, 0],
  [0.75, 0, 0.25],
  [0.002, 0.998, 0],
  [0.4, 0.4, 0.2],
  [0.9, 0.1, 0],
];
const shares = (i: number) => ({ home: SHARES[i][0], abroad: SHARES[i][1], unknown: SHARES[i][2] });
const CHAIN: Record<Layer, (string | null)[]> = {
  chip: ['nw100', 'pine2', null],
  memory: ['river-hbm', null],
  server: [null, 'rack'],
  'data-center': ['azalea-hall'],
  cloud: ['azalea-cloud', null],
  software: ['node'],
  data: [null],
  weights: [null],
};

export const chain: ValueChain = {
  home: ['KR'],
  layers: LAYERS.map((layer, i) => ({ layer, ...shares(i) })),
  operated: { 'azalea-hall': components['azalea-hall'], 'azalea-cloud': components['azalea-cloud'] },
  picture: madeUpPicture(SUPPLIERS),
};

const catalogue = {
  digest: 'c'.repeat(64),
  registered: DAY,
  parts: [
    { id: 'world', version: 1, title: title('Chips and well-known software', '칩과 널리 쓰이는 소프트웨어') },
    { id: 'practice', version: 3, title: title('Practice', '연습') },
  ],
  home: ['KR'],
};

export const reliance: ReliancePage = {
  home: ['KR'],
  catalogue,
  index: {
    of: { kind: 'programme', id: 'practice' },
    layers: LAYERS.map((layer, i) => ({
      layer,
      ...shares(i),
      uses: layer === 'data' ? 2 : 4,
      weight: [20, 10, 5, 15, 10, 10, 10, 20][i],
      floor: layer === 'data-center' ? 0.5 : layer === 'chip' ? 0.3 : null,
      parts: CHAIN[layer].map((id, k) => {
        const known = id === null ? undefined : components[id];
        return {
          component: id,
          of: known?.of ?? layer,
          use: uses[k].id,
          share: 0.5 / (k + 1),
          place: known === undefined ? 'unknown' : known.country === 'KR' ? 'home' : 'abroad',
          because: id === 'pine2' ? 'river-hbm' : null,
          among: [],
        };
      }),
      more: layer === 'software' ? 12 : 0,
    })),
    overall: { state: 'below-floor', score: null, below: ['chip'] },
    lowest: ['server'],
  },
  rules: {
    ruleBook: 'a'.repeat(64),
    stage: 'stage-2',
    selfReliance: { floors: { 'data-center': 0.5, chip: 0.3 }, weights: { chip: 50, weights: 50 } },
  },
  components,
  uses,
  course: [
    {
      stage: 'stage-1',
      title: title('First stage', '1단계'),
      closed: DAY,
      catalogue: [{ id: 'practice', version: 1 }],
      layers: LAYERS.map((layer, i) => ({
        layer,
        home: SHARES[i][0] / 2,
        abroad: 0.5,
        unknown: 0.5 - SHARES[i][0] / 2,
      })),
      overall: { state: 'scored', score: 31.25, below: [] },
    },
  ],
};

export const choices: Choices = {
  suppliers: Object.entries(SUPPLIERS).map(([id, supplier], i) => ({ id, ...supplier, components: 1 + i })),
  countries: [
    { code: 'KR', suppliers: 3 },
    { code: 'TW', suppliers: 1 },
    { code: 'US', suppliers: 2 },
  ],
};

const exactly = (share: number) => ({ low: share, high: share });
const NOTHING = { now: exactly(0), could: exactly(0) };
const ALL = { now: exactly(1), could: exactly(1) };
const IN_PART = { now: exactly(0.4), could: { low: 0.4, high: 1 } };
const ANYTHING = { now: { low: 0, high: 1 }, could: { low: 0.1, high: 1 } };

export function whatIf(query: URLSearchParams, picture = chain.picture): WhatIfPage {
  const without = { suppliers: query.getAll('supplier'), countries: query.getAll('country') };
  const fallen = Object.entries(components)
    .filter(
      ([, { supplier, country, held }]) =>
        !held &&
        ((supplier && without.suppliers.includes(supplier.id)) || (country && without.countries.includes(country))),
    )
    .map(([id]) => id);
  const stops = fallen.includes('nw100');
  return {
    without,
    uses: uses.map(({ id, kind }) =>
      kind === 'training' && stops
        ? {
            use: id,
            fate: 'stops',
            remaining: NOTHING,
            because: [id, 'azalea-one', 'nw100'],
            leftOut: 0,
            unknown: ['server'],
            takeOver: [],
            more: false,
          }
        : {
            use: id,
            fate: id === 'bellflower-serving' ? 'goes-on-as-far-as-known' : 'goes-on',
            remaining: id === 'bellflower-serving' ? ANYTHING : stops ? IN_PART : ALL,
            because: [],
            leftOut: 0,
            unknown: id === 'bellflower-serving' ? ['server', 'cloud'] : [],
            takeOver: stops
              ? [
                  {
                    component: 'pine2',
                    of: 'chip',
                    share: 0.4,
                    could: 0.9,
                    chips: { stopped: { chip: 'nw100', count: 64 }, instead: { chip: 'pine2', count: 128 } },
                  },
                ]
              : [],
            more: stops,
          },
    ),
    consortia: [
      { consortium: 'azalea', remaining: stops ? IN_PART : ALL },
      { consortium: 'bellflower', remaining: ANYTHING },
    ],
    programme: ANYTHING,
    sites: [
      {
        component: 'azalea-one',
        fate: stops ? 'stops' : 'goes-on',
        remaining: stops ? NOTHING : ALL,
        because: stops ? ['azalea-one', 'nw100'] : [],
        leftOut: 0,
      },
      { component: 'azalea-hall', fate: 'goes-on', remaining: ALL, because: [], leftOut: 0 },
    ],
    fallen,
    held: without.suppliers.includes('openjs') || without.countries.includes('US') ? ['node'] : [],
    components,
    about: uses,
    picture: madeUpFates(picture, without),
  };
}

export const smallest = (query: URLSearchParams): SmallestPage => {
  const by = query.get('by') as SmallestPage['by'];
  const kind = query.get('kind') as SmallestPage['kind'];
  return {
    by,
    kind,
    uses: kind === 'all' ? 4 : 2,
    size: kind === 'serving' ? null : 1,
    sets: kind === 'serving' ? [] : by === 'supplier' ? [['northwind'], ['east-servers']] : [['US'], ['TW']],
    exact: true,
    atLeast: 1,
    more: false,
    none: kind === 'serving' ? 'azalea-serving' : null,
    alone:
      by === 'supplier'
        ? [
            { id: 'northwind', stops: 2 },
            { id: 'east-servers', stops: 2 },
          ]
        : [{ id: 'US', stops: 2 }],
    limit: { steps: 200_000_000, sets: 100 },
    suppliers: SUPPLIERS,
  };
};

const figure = (value: number, verified = true, about = false) => ({ value, about, verified, source: MADE_UP });
const thing = (id: string) => {
  const { name, supplier, country, held, source, verified } = components[id];
  return { id, name, supplier: supplier?.id ?? null, country, held, needs: [], source, verified };
};

const finding = (
  about: ChipCard['findings'][number]['about'],
  of: string,
  result: ChipCard['findings'][number]['result'],
  numbers: Record<string, number | null>,
): ChipCard['findings'][number] => ({ about, of, dtype: 'bfloat16', result, reason: null, numbers, bits: null });
const CARDS: ChipCard[] = [
  {
    file: 'cards/nw100.json',
    digest: 'c'.repeat(64),
    device: 'Northwind NW-100 80GB',
    torch: '2.6.0',
    by: 'Azalea, a made-up laboratory',
    time: '2026-11-20T05:12:00Z',
    vectors: 'd'.repeat(64),
    asked: 'cuda:0',
    capability: '9.0',
    software: { driver: '550.1', python: '3.13.5', torch: '2.6.0' },
    settings: { deterministic: false, flags: {}, float32Products: 'highest', threads: 8 },
    findings: [
      finding('multiply-add', 'addcmul', 'fused', { fused: 1068, neither: 0, separate: 0 }),
      finding('product-sums', 'matrix product', 'exactly', { kept: 23, most: 28 }),
      finding('subnormal-inputs', 'matrix product', 'mixed', { flushed: 4096, kept: 16, neither: 0 }),
      finding('rounding', 'divide', 'other', { cases: 512, nearestEven: 498, towardZero: 260 }),
      finding('repeat-run', 'index_add', 'differs', { distinct: 7, tries: 20 }),
      {
        ...finding('repeat-threads', 'sum', null, {}),
        reason: 'PyTorch cannot set the number of threads of this device',
      },
      finding('repeat-batch', 'matrix product', 'differs', {
        rows: 191,
        rowsDiffering: 126,
        sizes: 3,
        sizesDiffering: 2,
      }),
      { ...finding('product-sums', 'matrix product', 'at-least', { kept: 24, most: 24 }), dtype: 'float32' },
      { ...finding('rounding', 'divide', 'nearest-even', { cases: 512, nearestEven: 512 }), dtype: 'float32' },
      { ...finding('rounding', 'square root', 'nearest-even', { cases: 512, nearestEven: 512 }), dtype: 'float32' },
      { ...finding('repeat-run', 'sum', 'same', { distinct: 1, tries: 20 }), dtype: 'float32' },
      finding('accuracy', 'attention dq', 'finite', {
        compared: 439,
        elements: 3072,
        largest: 14.2025,
        largestRounded: 1.8,
        rms: 1.8296,
        rmsRounded: 0.4,
      }),
      finding('accuracy', 'softmax y', 'not-finite', {
        compared: 320,
        elements: 1600,
        largest: null,
        largestRounded: 4,
        rms: null,
        rmsRounded: 0.48,
      }),
    ],
  },
];

export const compute: ComputePage = {
  catalogue,
  suppliers: Object.entries(SUPPLIERS).map(([id, supplier]) => ({
    id,
    ...supplier,
    source: MADE_UP,
    verified: id !== UNREAD,
    owner: null,
    jurisdiction: null,
  })),
  chips: [
    {
      ...thing('nw100'),
      of: 'chip',
      uses: ['training', 'inference'],
      devices: ['Northwind'],
      memoryKind: 'HBM3E',
      fab: { supplier: 'northwind', process: '4N', source: MADE_UP, verified: true, asOf: '2026-02-01' },
      packaging: null,
      figures: {
        bf16: figure(2250, false, true),
        fp8: figure(4500, false, true),
        memory: figure(180),
        bandwidth: figure(8),
        power: figure(1000, false),
      },
      cards: CARDS,
      needs: [],
    },
    {
      ...thing('pine2'),
      of: 'chip',
      uses: ['inference'],
      devices: [],
      memoryKind: 'HBM3E',
      fab: null,
      packaging: null,
      figures: { bf16: figure(32), memory: figure(144), bandwidth: figure(0.256) },
      cards: [],
      needs: [{ of: 'memory', anyOf: [{ component: 'river-hbm', share: 1, could: 1 }] }],
    },
  ],
  memories: [{ ...thing('river-hbm'), of: 'memory' }],
  sites: [
    {
      ...thing('azalea-hall'),
      of: 'data-center',
      owner: { supplier: 'northwind', source: MADE_UP, verified: true, asOf: '2026-02-01' },
      jurisdiction: { countries: ['KR', 'US'], source: MADE_UP, verified: true, asOf: '2026-02-01' },
    },
  ],
  operations: { 'azalea-hall': UNDER_US_LAW, 'azalea-one': UNDER_US_LAW },
  clusters: [
    {
      ...thing('azalea-one'),
      of: 'compute',
      site: 'azalea-hall',
      chips: [
        { chip: 'nw100', count: 512 },
        { chip: 'pine2', count: null },
      ],
    },
  ],
  allotments: [
    {
      id: 'q1',
      consortium: 'azalea',
      cluster: 'azalea-one',
      from: '2026-01-01',
      to: '2026-03-31',
      deviceHours: 60_000,
      source: null,
      seq: 21,
    },
  ],
  usages: [
    {
      id: 'azalea-1',
      consortium: 'azalea',
      cluster: 'azalea-one',
      from: '2026-01-05',
      to: '2026-02-28',
      deviceHours: 41_300,
      word: 'maker',
      submission: 'azalea-1',
      sessions: { count: 12, withoutEnd: 2, devices: ['Northwind NW-100'] },
      source: null,
      counted: false,
    },
    {
      id: 'azalea-metered',
      consortium: 'azalea',
      cluster: 'azalea-one',
      from: '2026-01-05',
      to: '2026-02-28',
      deviceHours: 43_000,
      word: 'office',
      submission: 'azalea-1',
      sessions: null,
      source: MADE_UP,
      counted: true,
    },
  ],
  accounts: [
    {
      consortium: 'azalea',
      cluster: 'azalea-one',
      from: '2026-01-01',
      to: '2026-03-31',
      allotted: 60_000,
      said: 41_300,
      metered: 43_000,
      counted: 43_000,
      left: 17_000,
      allotments: ['q1'],
      usages: ['azalea-1', 'azalea-metered'],
    },
    {
      consortium: 'bellflower',
      cluster: 'azalea-one',
      from: '2026-01-01',
      to: '2026-03-31',
      allotted: 50_000,
      said: 52_600,
      metered: 0,
      counted: 52_600,
      left: -2600,
      allotments: ['q1'],
      usages: [],
    },
    {
      consortium: 'bellflower',
      cluster: null,
      from: '2026-03-01',
      to: '2026-03-05',
      allotted: null,
      said: 300,
      metered: 0,
      counted: 300,
      left: null,
      allotments: [],
      usages: [],
    },
  ],
  consortia: { azalea: title('Azalea', '진달래'), bellflower: title('Bellflower', '도라지') },
};

export const chip: ChipPage = { chip: compute.chips[0], suppliers: compute.suppliers, cards: CARDS };
