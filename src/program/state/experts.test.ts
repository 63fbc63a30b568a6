// Experts in a stage: who may give a form, interests that are declared or follow from an organisation, and what of their forms counts.

import { beforeEach, expect, test } from 'vitest';
import { decideStage } from '../decision/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { lackingOf } from '../due/index.ts';
import { countedForms, interestsOf } from './index.ts';

const PART = 'blocks.experts';
let log: Log;
const refuses = (work: () => unknown, code: string): void => {
  expect(work).toThrow(expect.objectContaining({ name: 'JikjiError', code }));
};
const assign = (expert: string, part = PART) => log.add('expert-assigned', { stage: 's1', part, expert });
const declare = (expert: string, organisation: string | null = null, teams: string[] = []) =>
  log.add('interests-declared', { stage: 's1', expert, organisation, teams });
const marks = (a: number, b: number) => ({ a: { a, b: a / 2 }, b: { a: b, b: b / 2 } });

beforeEach(() => {
  log = new Log().found(['a', 'b', 'c']);
  log.add('organisation-added', { id: 'lab', name: { en: 'Lab' }, country: 'XX', roles: [] });
  log.add('member-joined', { consortium: 'b', organisation: 'lab' });
  log.open(['a', 'b']);
});

test('without an assignment every expert may give a form; with one only the assigned, after a declaration', () => {
  log.form('kim', marks(10, 8));
  assign('lee');
  refuses(() => assign('lee'), 'expert-assigned');
  refuses(() => assign('lee', 'blocks.users'), 'part-unknown');
  refuses(() => log.form('park', marks(1, 1)), 'expert-unassigned');
  refuses(() => log.form('lee', marks(1, 1)), 'expert-undeclared');
  declare('lee');
  log.form('lee', marks(2, 2));
  refuses(() => log.add('expert-released', { stage: 's1', part: PART, expert: 'lee' }), 'form-given');
});

test('an expert of a member organisation, or with another interest, rates nobody', () => {
  declare('kim', 'lab');
  expect(interestsOf(log.tables, 's1', 'kim')).toEqual(['b']);
  refuses(() => log.form('kim', marks(20, 0)), 'expert-interested');
  refuses(() => assign('kim'), 'expert-interested');
  declare('lee', 'a-org');
  expect(interestsOf(log.tables, 's1', 'lee')).toEqual(['a']);
  declare('park', null, ['a']);
  refuses(() => log.form('park', marks(20, 0)), 'expert-interested');
  // A later declaration takes nothing back.
  declare('park');
  refuses(() => log.form('park', marks(20, 0)), 'expert-interested');
  // A team that is not in the stage is no team of it.
  refuses(() => declare('choi', null, ['c']), 'not-in-stage');
  refuses(() => declare('choi', 'nowhere'), 'organisation-unknown');
});

test('a form given before an interest came to be does not count, and another expert may take its place', () => {
  log.form('kim', marks(20, 0));
  log.form('lee', marks(8, 10));
  refuses(() => log.form('park', marks(1, 1)), 'forms-full');
  const points = () =>
    decideStage(log.tables, { stage: 's1', day: '2026-01-02', seed: '0'.repeat(16) })
      .scores.filter(({ part }) => part.path === PART)
      .map(({ value }) => value);
  declare('kim', null, ['a']);
  expect(countedForms(log.tables, 's1', PART).map(({ expert }) => expert)).toEqual(['lee']);
  expect(lackingOf(log.tables, 's1').map(({ text }) => text.en)).toContain('Experts: 1 of 2 experts’ forms');
  log.form('park', marks(4, 6));
  expect(lackingOf(log.tables, 's1').filter(({ text }) => text.en.startsWith('Experts'))).toEqual([]);
  // Means of lee and park alone: a (8 + 4) / 2 on the first criterion and half of it on the second.
  expect(points()).toEqual([9, 12]);
});

test('an organisation that joins a team while the stage is open is an interest of its experts; later it is not', () => {
  declare('kim', 'a-org');
  declare('lee', 'lab');
  log.add('organisation-added', { id: 'new', name: { en: 'New' }, country: 'XX', roles: [] });
  declare('park', 'new');
  expect(interestsOf(log.tables, 's1', 'park')).toEqual([]);
  log.form('park', marks(8, 8));
  log.add('member-joined', { consortium: 'a', organisation: 'new' });
  expect(interestsOf(log.tables, 's1', 'park')).toEqual(['a']);
  expect(countedForms(log.tables, 's1', PART)).toEqual([]);
  declare('choi', null);
  log.add('stage-closed', { stage: 's1' });
  refuses(() => declare('choi', 'lab'), 'stage-closed');
  log.add('member-joined', { consortium: 'b', organisation: 'new' });
  expect(interestsOf(log.tables, 's1', 'park')).toEqual(['a']);
});
