// The register: what an office answers, in order; and every way in which somebody could hand on another one.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { sha256Hex } from './digest.ts';
import { readLodgeable, runKey, signHead } from './lodging.ts';
import { Register } from './register.ts';
import { parseStatement, signStatement } from './statement.ts';
import {
  commitmentOf,
  genesisText,
  headOf,
  key,
  requestOf,
  requestText,
  sealOf,
  sealText,
} from './testing/register.ts';

const office = key();
const maker = key();
const RUN = sha256Hex('a run');

/** A register of five entries, line by line: its header first. */
function fiveLines(): string[] {
  const register = Register.create(office.publicKey);
  const lines = [register.header];
  for (const asked of [
    requestOf(maker, 'a'),
    requestOf(maker, 'b'),
    headOf(maker, RUN, 10),
    headOf(maker, RUN, 20),
    sealOf(maker, 'a', RUN),
  ]) {
    lines.push(register.next(asked, office));
    register.append(lines.at(-1)!, 'here');
  }
  return lines;
}

/** An entry that follows `head`, with the link that it must have. */
const linked = (head: string, entry: object) => ({
  ...entry,
  link: createHash('sha256')
    .update(Buffer.from(head, 'hex'))
    .update(canonicalJson(entry as never))
    .digest('hex'),
});

const refused = (text: string): string => {
  try {
    Register.read(text, 'it');
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as { input: string }).input}: ${(error as Error).message}`;
  }
  return 'taken';
};

test('the chain and the signatures by hand', () => {
  const lines = fiveLines();
  const sha = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  const { officeKey } = JSON.parse(lines[0]!);
  expect(lines[0]).toBe(`{"formatVersion":1,"officeKey":"${office.publicKey.toString('base64')}"}\n`);
  const spki = createPublicKey({ key: Buffer.from(officeKey, 'base64'), format: 'der', type: 'spki' });
  let link = sha(lines[0]!);
  for (const [i, line] of lines.slice(1).entries()) {
    const { sig, ...linked } = JSON.parse(line);
    const { link: own, ...plain } = linked;
    link = sha(Buffer.from(link, 'hex'), canonicalJson(plain));
    expect([own, plain.entry]).toEqual([link, i + 1]);
    const payload = canonicalJson(linked);
    const type = 'application/vnd.jikji.register';
    const signed = Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(payload)} ${payload}`);
    expect(verify('sha256', signed, spki, Buffer.from(sig, 'base64'))).toBe(true);
    const { subjects, keyid } = parseStatement(plain.lodging, 'lodging', 'it');
    expect([keyid, [...subjects]]).toEqual([office.fingerprint, [[`${plain.kind}.json`, plain.lodged]]]);
  }
  const register = Register.read(lines.join(''), 'it');
  expect([register.head, register.office, register.entries.length]).toEqual([link, office.fingerprint, 5]);
  expect(register.entryAt(JSON.parse(lines[2]!).link)).toBe(2);
  expect(register.entryAt(sha256Hex('none'))).toBeUndefined();
  expect(Register.read(lines[0]!, 'it').head).toBe(sha(lines[0]!));
});

test('what is asked again has the next number, whatever it was signed with', () => {
  const register = Register.create(office.publicKey);
  const ask = (asked: Parameters<Register['next']>[0]) => register.append(register.next(asked, office), 'here');
  const first = ask(requestOf(maker, 'a'));
  // Signed anew, at another time: it is for the same.
  const again = requestOf(maker, 'a', '2026-02-02T03:04:05.678Z');
  expect(again.lodged).not.toBe(first.lodged);
  expect(ask(again).answer).toBe(2);
  expect(ask(requestOf(maker, 'other')).answer).toBe(1);
  expect(ask(requestOf(key(), 'a')).answer).toBe(1); // another maker
  // A seal of the same run with another loss in it; a genesis signed anew does not make it another run.
  const seal = ask(sealOf(maker, 'a', RUN));
  expect(seal).toMatchObject({ kind: 'seal', answer: 1, subject: RUN, step: 20 });
  expect(ask(sealOf(maker, 'a', RUN, sha256Hex('another end'))).answer).toBe(2);
  expect(ask(sealOf(maker, 'a', sha256Hex('another run'))).answer).toBe(1);
  // Without a request it is lodged under its commitment.
  expect(ask(sealOf(maker, 'a')).subject).toBe(runKey(commitmentOf(maker, 'a')));
  expect(ask(headOf(maker, RUN, 10)).answer).toBe(1);
  expect(ask(headOf(maker, RUN, 20)).answer).toBe(1);
  expect(ask(headOf(maker, RUN, 10, sha256Hex('another past'))).answer).toBe(2);
  expect(Register.read(fileOf(register), 'it').entries).toEqual(register.entries);
});

/** The text of a register in memory is known from its lines only: they are made again here from its entries. */
function fileOf(register: Register): string {
  // Signatures are random: sign what stands there once more.
  const again = register.entries.map(({ nonce: _, time: __, ...entry }) => ({ ...entry, formatVersion: 1 }));
  return register.header + again.map((entry) => signedLine(entry)).join('');
}

function signedLine(linked: object, signer = office): string {
  const payload = canonicalJson(linked as never);
  const type = 'application/vnd.jikji.register';
  const sig = signer.sign(Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(payload)} ${payload}`));
  return `${canonicalJson({ ...linked, sig: sig.toString('base64') } as never)}\n`;
}

test('the same file, and the same head, have their answer already', () => {
  const register = Register.create(office.publicKey);
  const text = requestText(maker, commitmentOf(maker, 'a'));
  const asked = readLodgeable(text, undefined, 'it');
  const entry = register.append(register.next(asked, office), 'here');
  expect(register.findAnswer(readLodgeable(text, undefined, 'it'))).toBe(entry);
  expect(register.findAnswer(requestOf(maker, 'a', '2026-02-02T03:04:05.678Z'))).toBeUndefined();
  const head = register.append(register.next(headOf(maker, RUN, 10), office), 'here');
  expect(register.findAnswer(headOf(maker, RUN, 10))).toBe(head); // signed anew
  expect(register.findAnswer(headOf(maker, RUN, 10, sha256Hex('another')))).toBeUndefined();
});

test('a clock that was set back does not make it run backwards', () => {
  const register = Register.create(office.publicKey);
  register.append(register.next(requestOf(maker, 'a'), office, '2026-05-01T00:00:00.000Z'), 'here');
  const line = register.next(requestOf(maker, 'b'), office, '2026-04-01T00:00:00.000Z');
  expect(register.append(line, 'here').time).toBe('2026-05-01T00:00:00.000Z');
});

test('lines dropped, doubled, moved, of another register', () => {
  const lines = fiveLines();
  const [header, a, b, c, d, e] = lines as [string, string, string, string, string, string];
  expect(refused(lines.join(''))).toBe('taken');
  for (const [text, at] of [
    [[header, b, c, d, e], 2],
    [[header, a, c, d, e], 3],
    [[header, a, a, b, c, d, e], 3],
    [[header, b, a, c, d, e], 2],
    [[header, a, b, d, c, e], 4],
    [[header, a, fiveLines()[2]!], 3],
    [[header, header, a], 2],
  ] as [string[], number][]) {
    expect(refused(text.join(''))).toMatch(new RegExp(`^register-broken: it:${at}: `));
  }
  expect(refused([a, b].join(''))).toMatch(/^register-broken: it: does not begin/);
  expect(refused('')).toMatch(/^register-broken: it: does not begin/);
});

test('cut off within a line, anywhere', () => {
  const text = fiveLines().join('');
  const last = text.lastIndexOf('\n', text.length - 2) + 1;
  for (let length = last + 1; length < text.length; length += 13)
    expect(refused(text.slice(0, length))).toBe('register-broken: it:6: the last line does not end: it was cut off');
});

test('any bit of any line: refused', () => {
  const lines = fiveLines();
  const text = Buffer.from(lines.join(''));
  const taken: number[] = [];
  for (let i = 0; i < text.length; i += 7) {
    const copy = Buffer.from(text);
    copy[i]! ^= 1 << (i % 8);
    if (refused(copy.toString('latin1')) === 'taken') taken.push(i);
  }
  expect(taken).toEqual([]);
});

test('an entry altered with its link, by somebody without the key', () => {
  const lines = fiveLines();
  const { sig: _, link: __, ...plain } = JSON.parse(lines[5]!);
  const before = JSON.parse(lines[4]!).link;
  const altered = linked(before, { ...plain, head: sha256Hex('mine') });
  const forged = signedLine(altered, maker);
  expect(refused(lines.slice(0, 5).join('') + forged)).toMatch(/it:6: is not signed by the office/);
  const unsigned = `${canonicalJson(altered)}\n`;
  expect(refused(lines.slice(0, 5).join('') + unsigned)).toMatch(/it:6: the entry has no sig/);
});

test.each([
  ['another number', { answer: 2 }, /says that it is answer 2, and is answer 1/],
  ['another entry', { entry: 7 }, /is entry 7 where entry 6 belongs/],
  ['an answer to something else', { lodged: sha256Hex('x') }, /the answer in it is to something else/],
  ['an unknown kind', { kind: 'genesis' }, /kind is not one of/],
  ['no step', { step: null }, /a head and its step belong/],
  ['one more member', { note: 'certified' }, /unknown member/],
])('even signed by the office: %s', (_, change, why) => {
  const lines = fiveLines();
  const register = Register.read(lines.join(''), 'it');
  const { sig: __, link: ___, ...plain } = JSON.parse(register.next(headOf(maker, RUN, 30), office));
  const altered = linked(register.head, { ...plain, ...change });
  expect(refused(lines.join('') + signedLine(altered))).toMatch(why);
});

test('an answer of another office in an entry that the office signed', () => {
  const lines = fiveLines();
  const register = Register.read(lines.join(''), 'it');
  const asked = headOf(maker, RUN, 30);
  const { sig: _, link: __, ...plain } = JSON.parse(register.next(asked, office));
  const other = key();
  const predicate = {
    formatVersion: 1 as const,
    officeKey: other.publicKey.toString('base64'),
    nonce: sha256Hex('n'),
    time: new Date().toISOString(),
  };
  const lodging = signStatement('lodging', [['head.json', asked.lodged]], predicate, other);
  const altered = linked(register.head, { ...plain, lodging });
  expect(refused(lines.join('') + signedLine(altered))).toMatch(/of another office/);
  expect(() => register.next(asked, other)).toThrow(expect.objectContaining({ code: 'register-other-office' }));
});

test.each([
  ['no JSON', '{\n'],
  ['a key that is none', '{"formatVersion":1,"officeKey":"AAAA"}\n'],
  ['another version', `{"formatVersion":2,"officeKey":"${office.publicKey.toString('base64')}"}\n`],
  ['white space', `{"formatVersion": 1,"officeKey":"${office.publicKey.toString('base64')}"}\n`],
  ['a list', '[]\n'],
  ['nested without end', `${'['.repeat(100_000)}\n`],
])('a header with %s', (_, text) => {
  expect(refused(text)).toMatch(/^register-broken/);
});

test('an endless line, and JSON nested without end', () => {
  const { header } = Register.create(office.publicKey);
  expect(refused(`${header}${' '.repeat(100_000)}\n`)).toMatch(/is longer than/);
  expect(refused(`${header}${'['.repeat(8000)}${']'.repeat(8000)}\n`)).toMatch(/^register-broken/);
});

test('what can be lodged', () => {
  const commitment = commitmentOf(maker, 'a');
  const genesis = genesisText(maker, commitment);
  const seal = sealText(maker, genesis);
  const code = (text: string, of?: string) => {
    try {
      return readLodgeable(text, of, 'it').kind;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(seal, genesis)).toBe('seal');
  expect(code(seal)).toBe('genesis-missing');
  // Signed anew it is another file: not the one that was sealed.
  expect(code(seal, genesisText(maker, commitment))).toBe('not-lodgeable');
  expect(code(sealText(key(), genesis), genesis)).toBe('not-lodgeable'); // a thief's seal of somebody's genesis
  expect(code(genesis)).toBe('not-lodgeable');
  expect(code('no JSON')).toBe('not-lodgeable');
  expect(code(signHead({ run: RUN, step: 1, head: sha256Hex('h') }, maker))).toBe('head');
  expect(code(`${requestText(maker, commitment)} `)).toBe('statement-broken');
});

test('how many answers a maker has', () => {
  const register = Register.create(office.publicKey);
  const other = key();
  for (const asked of [requestOf(maker, 'a'), headOf(maker, RUN, 10), requestOf(other, 'a')])
    register.append(register.next(asked, office), 'here');
  expect([register.answersOf(maker.fingerprint), register.answersOf(other.fingerprint)]).toEqual([2, 1]);
  expect(register.answersOf(office.fingerprint)).toBe(0);
});
