// Made-up answers about what the office does with the catalogue, allotments, metering and its register, in the response types of the API.

import type {
  Answered,
  CheckedAllotments,
  CheckedCatalogue,
  MeteringPage,
  MeteringPreview,
  MeteringReading,
  RegisterHead,
  RegisterPage,
} from '../types.ts';
import { compute } from './made-up-chain.ts';

const title = (en: string, ko: string) => ({ en, ko });
const digest = (letter: string) => letter.repeat(64);
const MADE_UP = [{ publisher: 'a made-up newspaper', date: '2026-01-15' }];

export const checkedCatalogue: CheckedCatalogue = {
  digest: digest('e'),
  before: digest('d'),
  known: false,
  components: 41,
  uses: 6,
  strangers: ['magnolia'],
  stale: [{ id: 'practice', version: 3, needed: 4 }],
  lost: [{ cluster: 'azalea-two', allotments: ['azalea-q2', 'bellflower-q2'] }],
  added: 1,
  removed: 1,
  changed: 3,
  differences: [
    {
      of: 'compute',
      id: 'azalea-two',
      name: title('Azalea Two', '진달래 2호'),
      change: 'removed',
      fields: [
        { field: 'name.en', before: { text: 'Azalea Two' }, after: null },
        { field: 'supplier', before: { text: 'azalea-halls' }, after: null },
        { field: 'count.nw100', before: { number: 128 }, after: null },
      ],
    },
    {
      of: 'home',
      id: 'home',
      name: null,
      change: 'changed',
      fields: [{ field: 'countries', before: { list: [] }, after: { list: ['TW'] } }],
    },
    {
      of: 'chip',
      id: 'nw100',
      name: title('Northwind NW-100 with a rather long name', '이름이 꽤 긴 노스윈드 NW-100'),
      change: 'changed',
      fields: [
        { field: 'country', before: { text: 'US' }, after: { text: 'TW' } },
        { field: 'figures.bf16.value', before: { number: 2250 }, after: { number: 2251.5 } },
        { field: 'figures.bf16.verified', before: { yes: false }, after: { yes: true } },
        { field: 'source', before: { sources: 'not recorded' }, after: { sources: MADE_UP } },
        {
          field: 'needs.memory',
          before: { needs: [] },
          after: {
            needs: [
              [
                { component: 'river-hbm', share: 0.7, could: 1 },
                { component: 'far-ram', share: 0, could: 0.5 },
              ],
            ],
          },
        },
      ],
    },
    {
      of: 'compute',
      id: 'azalea-one',
      name: title('Azalea One', '진달래 1호'),
      change: 'changed',
      fields: [
        { field: 'count.nw100', before: { number: 512 }, after: { number: 1024 } },
        { field: 'reached.login', before: null, after: { text: 'login.azalea.example' } },
        { field: 'reached.accounts', before: null, after: { list: ['azalea=azalea-gpu'] } },
      ],
    },
    {
      of: 'use',
      id: 'azalea-serving',
      name: title('Azalea serves', '진달래 서비스'),
      change: 'added',
      fields: [
        { field: 'kind', before: null, after: { text: 'serving' } },
        { field: 'consortium', before: null, after: { text: 'azalea' } },
      ],
    },
  ],
};

const q1 = { consortium: 'azalea', cluster: 'azalea-one', from: '2026-01-01', to: '2026-03-31' };

export const checkedAllotments: CheckedAllotments = {
  changes: [
    {
      allotment: { id: 'q1', ...q1, deviceHours: 80_000 },
      replaces: 21,
      before: { id: 'q1', ...q1, deviceHours: 60_000 },
      same: false,
      problem: null,
    },
    {
      allotment: {
        ...{ id: 'bellflower-azalea-one-2026-03', consortium: 'bellflower', cluster: 'azalea-one' },
        ...{ from: '2026-03-01', to: '2026-03-31', deviceHours: 12_000 },
      },
      replaces: null,
      before: null,
      same: false,
      problem: null,
    },
  ],
  clusters: [
    {
      cluster: 'azalea-one',
      before: 60_000,
      after: 92_000,
      chips: 512,
      fullest: { from: '2026-03-01', to: '2026-03-31', hoursPerDay: 13_000 },
    },
  ],
  overlaps: [
    {
      ...{ consortium: 'azalea', cluster: 'azalea-one', ids: ['q1', 'azalea-spring'] },
      ...{ from: '2026-03-01', to: '2026-03-31' },
    },
  ],
};

export const metering: MeteringPage = {
  clusters: compute.clusters.map(({ id }) => ({
    id,
    by: 'sacct',
    accounts: { azalea: 'azalea-gpu', bellflower: 'bellflower' },
  })),
  submissions: [{ id: 'azalea-1', consortium: 'azalea' }],
};

export const reading = (state: MeteringReading['state'], by: MeteringReading['by'] = 'sacct'): MeteringReading => ({
  ...{
    id: (by === 'file' ? 'e' : 'f').repeat(24),
    cluster: 'azalea-one',
    from: '2026-01-01',
    to: '2026-01-31',
    by,
    state,
  },
  accounts: { azalea: ['azalea-gpu'], bellflower: ['bellflower'] },
  done: state === 'read' ? 2 : 1,
  of: 2,
  command:
    'sacct --json --allocations --allusers --duplicates --accounts=azalea-gpu,bellflower --starttime=2025-12-31 --endtime=2026-02-02 > sacct.json',
  failure: null,
  digest: by === 'file' ? digest('9') : null,
  jobs: state === 'read' ? { azalea: 412, bellflower: 37 } : { azalea: 0, bellflower: 0 },
  slurm: state === 'read' ? ['titan'] : [],
  devices: state === 'read' ? ['gres/gpu', 'gres/gpu:nw100', 'node'] : [],
});

export const preview: MeteringPreview = {
  usages: [
    {
      ...{ id: 'u-1', consortium: 'azalea', submission: null, before: 20_000, deviceHours: 21_500.25 },
      ...{ jobs: 400, fresh: true, seq: 44 },
    },
    {
      ...{ id: 'u-2', consortium: 'azalea', submission: 'azalea-1', before: null, deviceHours: 9120 },
      ...{ jobs: 12, fresh: true, seq: null },
    },
    {
      ...{ id: 'u-3', consortium: 'bellflower', submission: null, before: 410.5, deviceHours: 410.5 },
      ...{ jobs: 37, fresh: false, seq: 45 },
    },
  ],
  unnamed: ['bellflower-1'],
  loose: [
    {
      ...{ consortium: 'azalea', id: '4711', array: '4700', start: '2026-01-05T06:00:00.000Z' },
      ...{ end: '2026-01-09T06:00:00.000Z', hours: 768 },
    },
    {
      ...{ consortium: 'bellflower', id: '4800', array: null, start: '2026-01-15T06:00:00.000Z' },
      ...{ end: '2026-01-15T09:30:00.000Z', hours: 28 },
    },
  ],
  looseCount: 437,
};

const entry = (n: number, kind: RegisterPage['entries'][number]['kind'], more: object = {}) => ({
  ...{ entry: n, answer: 1, kind, time: `2026-01-${String(n).padStart(2, '0')}T05:12:00.000Z`, maker: digest('a') },
  ...{ consortium: 'azalea', step: null, head: null, lodged: digest('1'), subject: digest('2') },
  link: `${n}`.padEnd(64, 'c'),
  ...more,
});

export const register: RegisterPage = {
  office: digest('0'),
  head: '5'.padEnd(64, 'c'),
  count: 5,
  entries: [
    entry(1, 'request'),
    entry(2, 'head', { step: 500, head: digest('7') }),
    entry(3, 'seal', { step: 1000, head: digest('8') }),
    entry(4, 'request', { answer: 2 }),
    entry(5, 'model', { maker: digest('b'), consortium: null }),
  ],
};

export const registerHead = (head: string): RegisterHead => ({
  entry: register.entries.find(({ link }) => link === head)?.entry ?? null,
  count: register.count,
});

export const answered: Answered = {
  kind: 'request',
  lodging: '{"payload":"..."}\n',
  fresh: true,
  entry: 6,
  answer: 1,
  head: digest('6'),
};
