// What a terminal says of an outcome after an upheld appeal.

import { expect, test } from 'vitest';
import { decideStage } from '../program/decision/index.ts';
import { BOOK, Log } from '../program/decision/testing/stage.ts';
import { outcomeJson, outcomeLines } from './program/outcome.ts';

const TEAMS = ['a', 'b', 'c'];
const text = BOOK.replace('kept: 2', 'kept: 1')
  .replace('forms: {', 'entered: { by: { en: p }, error: 1 }\n    #')
  .replace('judgements: {', 'entered: { by: { en: p }, error: 1 }\n    #')
  .replace('{ by: { en: somebody } }', '{ by: { en: p }, error: 1 }');

function decided() {
  const log = new Log().open(TEAMS, text);
  for (const [i, team] of TEAMS.entries()) {
    log.evaluated(team, [1, 0, i < 2 ? 1 : 0, 0]);
    log.entered(team, 'blocks.benchmark.parts.given', 9 - i, 10);
    log.entered(team, 'blocks.experts', 30 - i, 35);
    log.entered(team, 'blocks.users', 20 - i, 25);
  }
  return decideStage(log.tables, { stage: 's1', day: '2026-01-02', seed: '00000000000004d2' });
}

test('a team that an upheld appeal keeps is not out, and no move of weights is told', () => {
  const outcome = decided();
  const before = outcomeLines(outcome, (team) => team).join('\n');
  expect(before).toContain('Weights would have to move');
  expect(outcomeJson(outcome, String)).toMatchObject({ kept: ['a'], overturned: [], moves: { points: {} } });
  const after = outcomeLines(outcome, (team) => team, ['c']).join('\n');
  expect(after).toContain('appeal upheld: c stays, though the decision left it out');
  expect(after).not.toContain('Weights would have to move');
  expect(outcomeJson(outcome, String, ['c'])).toMatchObject({
    kept: ['a', 'c'],
    out: [{ consortium: 'b' }],
    overturned: ['c'],
    moves: null,
  });
  const unsure = { ...outcome, notKnown: { parts: ['p'], reasons: ['alike' as const], isSettled: true } };
  expect(outcomeLines(unsure, String).join()).toMatch(/p \(all gave the same\).* the decision would be the same/);
  expect(outcomeLines(unsure, String, ['c']).join()).not.toContain('the decision would be the same');
});

test('a small chance is not none, a large one not certain; an overturned veto is told as that; no draws where nothing is known', () => {
  const outcome = decided();
  const chances = new Map([0.0002, 0.9998, 1].map((kept, i) => [TEAMS[i]!, { kept, places: [1, 0, 0] }]));
  const vetoes = [{ consortium: 'c', reasons: ['signed by another key'] }] as unknown as typeof outcome.vetoes;
  const lines = outcomeLines({ ...outcome, chances, vetoes } as typeof outcome, String, ['c']);
  expect(lines.join('\n')).toMatch(/a .*<0\.1%.*b .*>99\.9%.*c .*100\.0%/s);
  expect(lines).toContain('veto, overturned by an upheld appeal: c: signed by another key');
  expect(lines.join()).toContain('draws from the seed');
  const unsure = { ...outcome, notKnown: { parts: ['p'], reasons: ['single' as const], isSettled: false } };
  expect(outcomeLines(unsure, String).join()).not.toContain('draws from the seed');
});
