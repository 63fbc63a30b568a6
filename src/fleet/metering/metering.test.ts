// Metering without a Slurm: answers of sacct in the forms of several versions, hours within a period.

import { describe, expect, test } from 'vitest';
import { checkDevice, deviceSeconds } from './index.ts';
import { type RanJob, readSacct } from './sacct.ts';

/** As Slurm 24.05 answered (data_parser/v0.0.42), with two nodes for three seconds; less what nobody reads. */
const NEW = {
  account: 'team',
  array: { job_id: 0, task_id: { set: false, infinite: false, number: 0 } },
  job_id: 1,
  state: { current: ['COMPLETED'], reason: 'None' },
  time: {
    elapsed: 3,
    end: 1795629852,
    planned: { set: true, infinite: false, number: 2 },
    start: 1795629849,
    suspended: 0,
  },
  tres: {
    allocated: [
      { type: 'cpu', name: '', id: 1, count: 4 },
      { type: 'energy', name: '', id: 3, count: -2 },
      { type: 'node', name: '', id: 4, count: 2 },
      { type: 'billing', name: '', id: 5, count: 4 },
    ],
  },
};
const answer = (...jobs: object[]) => JSON.stringify({ meta: {}, jobs, errors: [] });
/** The form of other versions: numbers in objects or plain, no name where there is none. */
const OTHER = {
  ...NEW,
  array: null,
  time: {
    elapsed: { set: true, infinite: false, number: 3 },
    end: { set: true, infinite: false, number: 1795629852 },
    start: { set: true, infinite: false, number: 1795629849 },
  },
  tres: {
    allocated: [
      { type: 'cpu', name: null, id: 1, count: 4 },
      { type: 'node', id: 4, count: 2 },
      { type: 'billing', id: 5, count: 4 },
    ],
  },
};

describe('an answer of sacct', () => {
  const wanted = {
    id: '1',
    array: null,
    account: 'team',
    start: 1795629849000,
    end: 1795629852000,
    seconds: 3,
    held: new Map([
      ['cpu', 4],
      ['node', 2],
      ['billing', 4],
    ]),
  };
  test.each([
    ['24.05', NEW],
    ['others', OTHER],
  ])('of %s', (_, job) => expect(readSacct(answer(job))).toEqual([wanted]));

  test('a job that waits or never ran has no usage; a running job has its usage until now', () => {
    const waits = { ...NEW, time: { ...NEW.time, start: 0, end: 0, elapsed: 0 }, tres: { allocated: [] } };
    const cancelled = { ...NEW, time: { ...NEW.time, start: NEW.time.end, elapsed: 0 } };
    const runs = { ...NEW, job_id: 9, time: { ...NEW.time, end: 0, elapsed: 60 } };
    expect(readSacct(answer(waits, cancelled, runs))).toMatchObject([{ id: '9', end: 1795629909000, seconds: 60 }]);
  });

  test('an array task has its array, a device has its type', () => {
    const gpus = [
      { type: 'gres', name: 'gpu', count: 8 },
      { type: 'gres', name: 'gpu:h100', count: 8 },
    ];
    const [job] = readSacct(answer({ ...NEW, job_id: 12, array: { job_id: 10 }, tres: { allocated: gpus } }));
    expect(job).toMatchObject({ id: '12', array: '10' });
    expect([...job!.held]).toEqual([
      ['gres/gpu', 8],
      ['gres/gpu:h100', 8],
    ]);
  });

  test.each([
    ['no JSON', 'sacct: error'],
    ['no jobs', '{}'],
    ['no account', answer({ ...NEW, account: undefined })],
    ['a time before 1970', answer({ ...NEW, time: { ...NEW.time, start: -5 } })],
    ['no time', answer({ ...NEW, time: null })],
    ['a count that is none', answer({ ...NEW, tres: { allocated: [{ type: 'node', count: 'two' }] } })],
    ['nothing allocated told', answer({ ...NEW, tres: {} })],
  ])('refused: %s', (_, text) =>
    expect(() => readSacct(text)).toThrow(expect.objectContaining({ code: 'slurm-strange-answer' })),
  );
});

const hour = (day: string, at: number) => Date.parse(`${day}T00:00:00Z`) + 3_600_000 * at;
const job = (more: Partial<RanJob>): RanJob => ({
  id: '1',
  array: null,
  account: 'a',
  start: hour('2026-01-31', 20),
  end: hour('2026-02-01', 6),
  seconds: 36_000,
  held: new Map([
    ['node', 2],
    ['gres/gpu:a', 3],
    ['gres/gpu:b', 1],
  ]),
  ...more,
});
const hoursOf = (jobs: RanJob[], device: string, from: string, to: string) =>
  deviceSeconds(jobs, device, from, to).seconds / 3600;

test('hours count in the days in which they occurred, and in no others', () => {
  // Ten hours on two nodes: four before midnight.
  expect(hoursOf([job({})], 'node', '2026-01-01', '2026-01-31')).toBe(8);
  expect(hoursOf([job({})], 'node', '2026-02-01', '2026-02-28')).toBe(12);
  expect(hoursOf([job({})], 'node', '2026-01-31', '2026-02-01')).toBe(20);
  expect(deviceSeconds([job({})], 'node', '2026-02-02', '2026-02-28')).toEqual({ seconds: 0, jobs: 0 });
});

test('devices of all types are summed once; suspended time does not count', () => {
  expect(hoursOf([job({})], 'gres/gpu', '2026-01-31', '2026-02-01')).toBe(40);
  const whole = new Map([
    ['gres/gpu', 4],
    ['gres/gpu:a', 4],
  ]);
  expect(hoursOf([job({ held: whole })], 'gres/gpu', '2026-01-31', '2026-02-01')).toBe(40);
  expect(hoursOf([job({ seconds: 18_000 })], 'node', '2026-01-31', '2026-01-31')).toBe(4);
});

test('a requeued job is one job, with the time of both runs', () => {
  const again = job({ start: hour('2026-02-03', 0), end: hour('2026-02-03', 1), seconds: 3600 });
  expect(deviceSeconds([job({}), again], 'node', '2026-01-01', '2026-02-28')).toEqual({ seconds: 79_200, jobs: 1 });
});

test('a device that no job held is refused, and the error lists the devices that were held', () => {
  expect(() => checkDevice([job({})], 'gres/npu')).toThrow(
    expect.objectContaining({ code: 'device-not-held', hint: 'they held: gres/gpu:a, gres/gpu:b, node' }),
  );
  expect(checkDevice([job({}), job({ held: new Map() })], 'gres/gpu')).toBeUndefined();
  expect(checkDevice([], 'gres/gpu')).toBeUndefined();
});
