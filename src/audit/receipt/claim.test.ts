// The sentences about a receipt exist in both languages, and say the same things in the same order.

import { expect, test } from 'vitest';
import { type ReadReceipt, type Receipt, TOKEN_ENDS } from '../../ledger/index.ts';
import { claimOf } from './claim.ts';
import type { ReceiptAudit, ReceiptCheck, ReceiptCheckName } from './types.ts';

const KEY = '9'.repeat(64);
const NAMES: ReceiptCheckName[] = ['model', 'parameters', 'seed', 'replay', 'response'];

function claim(
  verdict: ReceiptAudit['verdict'],
  {
    seedFrom = 'client',
    temperature = 1,
    ended = 'end',
    open = [],
    isKeyKnown = false,
    isCutOff = false,
  }: Partial<Wanted>,
) {
  const found = { ...{ seedFrom, answers: [{ tokens: 1234, ended }] }, request: { parameters: { temperature } } };
  const checks = NAMES.map((name): ReceiptCheck => {
    const other = verdict === 'refuted' ? 'refuted' : 'not-checked';
    return { name, verdict: open.includes(name) ? other : 'holds', detail: '' };
  });
  return claimOf(verdict, { receipt: found, keyid: KEY } as unknown as ReadReceipt, { checks, isKeyKnown, isCutOff });
}
interface Wanted {
  seedFrom: Receipt['seedFrom'];
  temperature: number;
  ended: Receipt['answers'][number]['ended'];
  open: ReceiptCheckName[];
  isKeyKnown: boolean;
  isCutOff: boolean;
}

/** What stands for what: in a sentence of one language it may stand only if it stands in that of the other. */
const PAIRS: [RegExp, RegExp][] = [
  [/1,?234/, /1,?234/],
  [/not checked|not every/i, /확인하지 않|못했/],
  [/nobody chose/, /아무도 고르지/],
  [/chosen by the server/, /서버가 골랐/],
  [/The client chose/, /요청한 쪽이 골랐/],
  [/says the receipt/, /영수증에 따르면/],
  [/server's word/, /서버가 밝힌/],
  [/The model was not given/, /모델이 주어지지 않아/],
  [/has no end.*not compared/, /끝이 없습니다.*비교하지 않았/],
  [/nobody told/, /아무도 알려/],
  [/do not agree/, /맞지 않/],
  [new RegExp(KEY), new RegExp(KEY)],
  [/replay\b/, /재현(?!하)/],
  [/decides nothing/, /아무것도 정하지/],
  [/no other answer/, /다른 답이 나가지 않았다/],
];

test('sentence by sentence', () => {
  let compared = 0;
  for (const verdict of ['holds', 'refuted', 'incomplete', 'not-told'] as const)
    for (const seedFrom of ['client', 'nonce', 'server'] as const)
      for (const temperature of [0, 1])
        for (const ended of [...TOKEN_ENDS, 'client-gone'] as const)
          for (const open of [[], ['replay'], ['seed', 'parameters', 'response']] as ReceiptCheckName[][])
            for (const [isKeyKnown, isCutOff] of [
              [true, false],
              [false, true],
            ] as const) {
              const { en, ko } = claim(verdict, { seedFrom, temperature, ended, open, isKeyKnown, isCutOff });
              expect(ko).toHaveLength(en.length);
              for (const [i, english] of en.entries()) {
                const korean = ko[i]!;
                expect(korean).toMatch(/[가-힣]/);
                for (const [a, b] of PAIRS)
                  expect([english, korean, b.test(korean)]).toEqual([english, korean, a.test(english)]);
                compared++;
              }
            }
  expect(compared).toBeGreaterThan(1000);
});

test('an answer that was broken off before its first token: nothing was checked', () => {
  const receipt = { seedFrom: 'server', answers: [{ tokens: 0, ended: 'client-gone' }], request: { parameters: {} } };
  const context = { checks: [], isKeyKnown: true, isCutOff: false };
  const said = claimOf('incomplete', { receipt, keyid: KEY } as unknown as ReadReceipt, context);
  expect(said.en[0]).toBe('No answer has a token, so there is nothing that the model could be asked again.');
  expect(said.ko[0]).toContain('토큰이 하나도 없어');
});

test('Korean names the checks in Korean', () => {
  const { en, ko } = claim('refuted', { open: ['model', 'response'] });
  expect([en, ko]).toEqual([
    ['Receipt, model and what was given beside them do not agree: model, response.'],
    ['영수증, 모델, 함께 제시된 것이 서로 맞지 않습니다. 어긋난 점검: 모델, 받은 답.'],
  ]);
});
