// Names that were entered wrongly: only an entry with the old and the new name corrects them. Members that joined later.

import { beforeEach, expect, test } from 'vitest';
import { Log } from '../decision/testing/stage.ts';
import { consortiumName, nameNow } from './index.ts';

let log: Log;
const refuses = (work: () => unknown, code: string): void => {
  expect(work).toThrow(expect.objectContaining({ name: 'JikjiError', code }));
};
const mend = (what: string, id: string, before: object, name: object) =>
  log.add('name-mended', { what, id, before, name });

beforeEach(() => {
  log = new Log().open(['a', 'b']);
});

test('a name is corrected; the id and all references to it stay', () => {
  const right = { en: 'Azalea', ko: '진달래' };
  log.add('name-mended', { what: 'consortium', id: 'a', before: { en: 'a' }, name: right, reason: 'a typing error' });
  expect(log.tables.get('consortia', 'a')).toMatchObject({ name: right, lead: 'a-org', status: 'active' });
  expect(consortiumName(log.tables, 'a')).toBe('Azalea');
  expect(consortiumName(log.tables, 'nobody')).toBe('nobody');
  mend('organisation', 'a-org', { en: 'a' }, { en: 'Azalea Models' });
  mend('stage', 's1', { en: 'One' }, { en: 'First' });
  mend('programme', 'test', { en: 'Test' }, { en: 'Trial' });
  expect([
    nameNow(log.tables, 'organisation', 'a-org'),
    nameNow(log.tables, 'stage', 's1'),
    nameNow(log.tables, 'programme', 'test'),
  ]).toEqual([{ en: 'Azalea Models' }, { en: 'First' }, { en: 'Trial' }]);
});

test('refused entries', () => {
  refuses(() => mend('consortium', 'c', { en: 'c' }, { en: 'C' }), 'consortium-unknown');
  // Both names stand in the entry: the old one is the one that it has.
  refuses(() => mend('consortium', 'a', { en: 'z' }, { en: 'A' }), 'name-moved');
  refuses(() => mend('consortium', 'a', { en: 'a' }, { en: 'a' }), 'name-known');
  refuses(() => mend('consortium', 'a', { en: 'a' }, { en: '' }), 'entry-broken');
  refuses(() => mend('heart', 'a', { en: 'a' }, { en: 'A' }), 'entry-broken');
  expect(consortiumName(log.tables, 'a')).toBe('a');
});

test('an organisation joins a consortium once', () => {
  log.add('organisation-added', { id: 'new', name: { en: 'New' }, country: 'XX', roles: [] });
  log.add('member-joined', { consortium: 'a', organisation: 'new' });
  expect(log.tables.get('consortia', 'a')!.members).toEqual(['new']);
  refuses(() => log.add('member-joined', { consortium: 'a', organisation: 'new' }), 'member-known');
  refuses(() => log.add('member-joined', { consortium: 'a', organisation: 'a-org' }), 'member-known');
  refuses(() => log.add('member-joined', { consortium: 'a', organisation: 'none' }), 'organisation-unknown');
  log.add('consortium-formed', { id: 'c', name: { en: 'c' }, lead: 'a-org', members: 'not recorded' });
  refuses(() => log.add('member-joined', { consortium: 'c', organisation: 'new' }), 'members-unknown');
});

test('an entry of the wrong form is refused with the name of the member, not of the entry', () => {
  expect(() => log.add('consortium-key-named', { consortium: 'a', key: 'abc' })).toThrow(
    expect.objectContaining({ code: 'entry-broken', input: 'key', message: 'must be a SHA-256 in hex' }),
  );
});
