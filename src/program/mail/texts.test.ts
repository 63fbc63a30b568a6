// What mails are made of: addresses, names that others chose, texts in two languages, files of settings.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { Composer, lineInMail, nameInMail, type Text } from './compose.ts';
import { LANGS } from './kinds.ts';
import { readMailSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-mail-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('addresses that people have', () => {
  const fit: [text: string, address: string][] = [
    ['kim@ministry.go.kr', 'kim@ministry.go.kr'],
    ['Kim.Chulsoo+jikji@Ministry.GO.kr', 'Kim.Chulsoo+jikji@ministry.go.kr'],
    ["o'brien_1@a-b.example", "o'brien_1@a-b.example"],
    ['a@b.cc', 'a@b.cc'],
    // A domain in Hangul, as mail servers know it (RFC 5891).
    ['kim@한국.kr', 'kim@xn--3e0b707e.kr'],
    [`${'a'.repeat(64)}@example.kr`, `${'a'.repeat(64)}@example.kr`],
  ];
  for (const [text, address] of fit) expect(parseAddress(text), text).toBe(address);
});

test.each([
  [
    'no address',
    [
      '',
      '@',
      'kim',
      'kim@',
      '@ministry.go.kr',
      'kim@localhost',
      'kim@ministry',
      'kim@-a.kr',
      'kim@a-.kr',
      'kim@a..kr',
      'kim@.kr',
      'kim@a.kr.',
    ],
  ],
  ['several', ['a@b.kr,c@d.kr', 'a@b.kr;c@d.kr', 'a@b.kr c@d.kr', 'a@b@c.kr']],
  [
    'a name, a comment or quotes',
    ['Kim <kim@b.kr>', '<kim@b.kr>', 'kim(x)@b.kr', '"kim"@b.kr', '"a b"@c.kr', 'kim@b.kr (x)'],
  ],
  ['dots in the wrong place', ['.kim@b.kr', 'kim.@b.kr', 'k..m@b.kr']],
  ['an address of a machine', ['kim@[127.0.0.1]', 'kim@127.0.0.1', 'kim@[IPv6:::1]', 'kim@1.2.3.4', 'kim@0x7f.1']],
  [
    'controls',
    [
      'kim@b.kr\r\nBcc: eve@c.kr',
      'kim\r\n@b.kr',
      'kim@b.kr\n',
      '\tkim@b.kr',
      'kim@b\0.kr',
      'k\0im@b.kr',
      ' kim@b.kr',
      'kim@b.kr ',
    ],
  ],
  ['what cannot be seen', ['kim@b\u200b.kr', 'k\u202eim@b.kr', 'kim@b\u00ad.kr', 'kim@\ufeffb.kr', 'kim\u2028@b.kr']],
  [
    'routes and escapes',
    [
      '@a.kr:kim@b.kr',
      'kim%c.kr@',
      'a!b',
      'kim@b.kr%0aBcc',
      'kim@b%2ekr',
      'kim@b.kr/x',
      'kim@b.kr?x',
      'kim@b.kr#x',
      'kim@b。kr',
      'kim@b/c.kr',
      'mailto:kim@b.kr',
    ],
  ],
  ['letters that mail servers may not know', ['김@b.kr', 'kím@b.kr']],
  ['too long', [`${'a'.repeat(65)}@b.kr`, `a@${'b'.repeat(64)}.kr`, `a@${'b.'.repeat(130)}kr`, 'a'.repeat(100_000)]],
])('not an address: %s', (_, texts) => {
  for (const text of texts) expect(parseAddress(text), JSON.stringify(text.slice(0, 60))).toBeUndefined();
});

test('a name stays as it is, unless a mail program could make a link of it', () => {
  for (const name of [
    'Stage 1',
    '1단계: 독자 모델',
    'A.X K1',
    'EXAONE 4.0',
    'Solar 2.5-final, open',
    'O’Brien & Kim (v1.2)',
  ])
    expect(nameInMail(name, 'id')).toBe(name);
  for (const name of [
    'https://evil.example',
    'HTTP://EVIL',
    'see evil.example now',
    'evil。example',
    'www evil',
    'eve@evil',
    'mailto: eve',
    'tel: 112',
    'ftp://x',
    'evil .com',
    '악성.한국',
    '',
    ' ',
  ])
    expect(nameInMail(name, 'stage-1'), name).toBe('stage-1');
  expect(nameInMail('a\r\nBcc: eve', 'id')).toBe('a Bcc: eve');
  expect(nameInMail('x\u202ey\u0000z', 'id')).toBe('x⟨U+202E⟩y⟨U+0000⟩z');
  expect(nameInMail('가'.repeat(5000), 'id').length).toBeLessThan(110);
  expect(lineInMail('give your form by Friday')).toBe('give your form by Friday');
  expect(lineInMail('log in at evil.example')).toBeUndefined();
});

const ORIGIN = 'https://console.example';
const HOSTILE = [
  'https://evil.example/ x',
  'a\r\nBcc: eve@evil.example',
  '\u202elmth.live',
  'evil.example',
  '<b>x</b>',
  '%0d%0a',
  'x'.repeat(9999),
];

/** Every text that there is, about a hostile name. */
function everyText(name: string): Text[] {
  const composer = new Composer(ORIGIN);
  const thing = (id: string) => ({ id, title: { en: name, ko: name } });
  const until = new Date('2026-01-02T16:04:05Z');
  return LANGS.flatMap((lang) => [
    ...(['opened', 'closed', 'decided', 'final'] as const).map((what) =>
      composer.stage(lang, what, thing('test'), thing('s1')),
    ),
    ...(['audited', 'refused'] as const).map((what) => composer.submission(lang, what, thing('test'), 's1-a')),
    composer.appeal(lang, thing('test'), thing('s1')),
    composer.reminder(lang, thing('test'), name),
    composer.verification(lang, 'kim', 'TOKEN'),
    composer.addressChanged(lang, 'kim'),
    composer.invitation(lang, thing('test'), 'TOKEN', until),
    composer.invitation(lang, null, 'TOKEN', until),
    composer.passwordReset(lang, 'kim', { page: '/reset', token: 'TOKEN', until }),
  ]);
}

test('whatever the names are: one line of subject, plain lines, links to this server alone', () => {
  for (const name of HOSTILE)
    for (const { subject, body } of everyText(name)) {
      expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(subject.length).toBeLessThan(250);
      expect(body).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(body.length).toBeLessThan(2000);
      const links = body.match(/\S*:\/\/\S*/g) ?? [];
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(new URL(link).origin).toBe(ORIGIN);
      expect(`${subject} ${body.replaceAll(ORIGIN, '')}`).not.toMatch(/evil\.example|eve@/);
    }
});

test('texts in Korean are in Korean, and give times of Korea', () => {
  const half = everyText('이름').length / 2;
  const [en, ko] = [everyText('이름').slice(0, half), everyText('이름').slice(half)];
  for (const [i, { subject, body }] of ko.entries()) {
    expect(subject).toMatch(/[가-힣]/);
    expect(body).toMatch(/니다|십시오/);
    expect(body).not.toBe(en[i]!.body);
  }
  expect(en.find(({ subject }) => subject.startsWith('You are invited'))!.body).toContain('2026-01-02 16:04 UTC');
  expect(ko.find(({ subject }) => subject.startsWith('초대'))!.body).toContain('2026-01-03 01:04 (한국 시간)');
});

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'mail.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const read = (text: string, environment: NodeJS.ProcessEnv = {}, mode?: number) =>
  readMailSettings(file(text, mode), environment);
const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const BASE = 'host: smtp.ministry.example\nfrom: notices@ministry.example\n';

test('settings: TLS by default, the password from the file or from the environment', () => {
  const base = {
    host: 'smtp.ministry.example',
    port: 587,
    tls: 'starttls',
    from: { address: 'notices@ministry.example', name: 'Jikji' },
  };
  expect(read(BASE)).toEqual(base);
  expect(read(`${BASE}port: 465\n`)).toEqual({ ...base, port: 465, tls: 'implicit' });
  const logIn = { user: 'jikji', password: 'hunter 2' };
  expect(read(`${BASE}user: jikji\npassword: hunter 2\n`)).toEqual({ ...base, logIn });
  expect(read(`${BASE}user: jikji\n`, { JIKJI_MAIL_PASSWORD: 'hunter 2' }, 0o644)).toEqual({ ...base, logIn });
  writeFileSync(join(folder, 'ca.pem'), 'PEM');
  expect(read(`${BASE}ca: ca.pem\nname: Office\n`)).toEqual({
    ...base,
    ca: 'PEM',
    from: { ...base.from, name: 'Office' },
  });
  expect(read('host: 127.0.0.1\nport: 25\ntls: none\nfrom: a@b.kr\n')).toMatchObject({ tls: 'none', port: 25 });
});

test('settings that are not safe, or make no sense, are refused; no error holds the password', () => {
  const cases: [text: string, code: string, mode?: number, environment?: NodeJS.ProcessEnv][] = [
    [`${BASE}tls: none\n`, 'settings-conflict'],
    ['host: 127.0.0.1.evil.example\ntls: none\nfrom: a@b.kr\n', 'settings-conflict'],
    [`${BASE}user: jikji\npassword: hunter 2\n`, 'settings-readable', 0o640],
    [`${BASE}user: jikji\npassword: hunter 2\n`, 'settings-readable', 0o604],
    [`${BASE}user: jikji\n`, 'settings-conflict'],
    [`${BASE}password: hunter 2\n`, 'settings-conflict'],
    [`${BASE}user: jikji\n`, 'settings-type', 0o600, { JIKJI_MAIL_PASSWORD: 'hunter 2\nline' }],
    [`${BASE}user: jikji\npassword: {hunter 2: 1}\n`, 'settings-type'],
    [`${BASE}port: 99999\n`, 'settings-range'],
    [`${BASE}rejectUnauthorized: false\n`, 'settings-unknown-key'],
    ['host: "smtp.example/x"\nfrom: a@b.kr\n', 'settings-range'],
    ['host: smtp.example\nfrom: "a@b.kr\\r\\nBcc: c@d.kr"\n', 'address-unfit'],
    ['host: smtp.example\nfrom: a@b.kr\nname: "x\\r\\ny"\n', 'settings-range'],
    ['host: smtp.example\n', 'settings-missing-key'],
    ['host: a\nhost: b\n', 'settings-duplicate-key'],
    ['a: [', 'settings-yaml'],
    [`${BASE}ca: nothing.pem\n`, 'file-missing'],
  ];
  for (const [text, code, mode = 0o600, environment = {}] of cases) {
    expect(
      codeOf(() => read(text, environment, mode)),
      text,
    ).toBe(code);
    try {
      read(text, environment, mode);
    } catch (error) {
      expect(JSON.stringify([error, (error as Error).message]), text).not.toContain('hunter 2');
    }
  }
  expect(codeOf(() => readMailSettings(join(folder, 'none')))).toBe('file-missing');
});
