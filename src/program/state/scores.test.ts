// Submissions: where the same run may come again.

import { expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { sameFiles } from './index.ts';

test('a team may submit its run again in another stage, once; nobody submits another team’s', () => {
  const log = new Log().open(['a', 'b']);
  const digest = sha256Hex('one run');
  const submit = (id: string, stage: string, consortium: string) =>
    log.add('submission-received', { id, stage, consortium, kind: 'model', digest, bytes: 1 });
  submit('first', 's1', 'a');
  expect(() => submit('again', 's1', 'a')).toThrow(expect.objectContaining({ code: 'submission-known' }));
  const { ruleBook } = log.tables.get('stages', 's1')!;
  log.tables.update('stages', 's1', { status: 'final' });
  log.add('stage-opened', { id: 's2', title: { en: 'Two' }, ruleBook, consortia: ['a', 'b'] });
  expect(() => submit('others', 's2', 'b')).toThrow(expect.objectContaining({ code: 'submission-known' }));
  submit('second', 's2', 'a');
  expect(() => submit('third', 's2', 'a')).toThrow(expect.objectContaining({ code: 'submission-known' }));
  const idsBeside = (id: string) => sameFiles(log.tables, log.tables.get('submissions', id)!).map((one) => one.id);
  expect([idsBeside('first'), idsBeside('second')]).toEqual([['second'], ['first']]);
});
