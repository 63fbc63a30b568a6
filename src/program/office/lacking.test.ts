// The office's list of open work: data that a stage lacks, a missing decision, an unanswered appeal.

import { expect, test } from 'vitest';
import { Log } from '../decision/testing/stage.ts';
import { dueOf, lackingOf } from './lacking.ts';

const GIVEN = 'blocks.benchmark.parts.given';

test('an unpublished figure is lacking until another figure is given', () => {
  const log = new Log().open(['a', 'b']);
  const about = () => lackingOf(log.tables, 's1').filter((line) => line.startsWith(GIVEN));
  expect(about()).toEqual([`${GIVEN}: no figure for a`, `${GIVEN}: no figure for b`]);
  log.entered('a', GIVEN, 7, 10);
  const data = {
    id: 'e-b',
    stage: 's1',
    consortium: 'b',
    part: GIVEN,
    value: 'not published',
    max: 10,
    source: 'not recorded',
  };
  log.add('score-entered', data);
  expect(about()).toEqual([`${GIVEN}: the figure for b was not published, so its total is not known`]);
  log.entered('b', GIVEN, 6, 10);
  expect(about()).toEqual([]);
  expect(dueOf(log.tables)).toEqual(lackingOf(log.tables, 's1'));
});

test('nothing is required of teams that have left; teams appear by name', () => {
  const log = new Log().open(['a', 'b', 'c']);
  log.add('name-mended', { what: 'consortium', id: 'a', before: { en: 'a' }, name: { en: 'Azalea' } });
  log.tables.update('consortia', 'c', { status: 'out: withdrawn' });
  const lines = lackingOf(log.tables, 's1');
  expect(lines).toContain('Azalea: no audited submission');
  expect(lines).toContain(`${GIVEN}: no figure for Azalea`);
  expect(lines).toContain('blocks.users: 0 of 1 judgements of Azalea and b');
  expect(lines.filter((line) => /\bc\b/.test(line))).toEqual([]);
});

test('a closed stage lacks its decision', () => {
  const log = new Log().open(['a', 'b']).add('stage-closed', { stage: 's1' });
  expect(dueOf(log.tables)).toEqual(['s1: it is closed, and not decided']);
});
