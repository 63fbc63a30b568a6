// What is said of an audited receipt, and what a holding answer hangs on. No sentence claims more than was checked.

import { quantity, shellWord } from '../../base/index.ts';
import { type ReadReceipt, type Receipt, TOKEN_ENDS } from '../../ledger/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import { CLAIM_WORDS } from './claim-words.ts';
import type { SealFound } from './model-checks.ts';
import type { ReceiptAudit, ReceiptCheck, ReceiptLink } from './types.ts';

type Holding = (name: ReceiptCheck['name']) => boolean;
type Claim = ReceiptAudit['claim'];

const inBoth = (sentences: (lang: Lang) => string[]): Claim => ({ en: sentences('en'), ko: sentences('ko') });

/** Of what has no valid signature, or is not a receipt. */
export const NOT_A_RECEIPT: Claim = inBoth((lang) => [CLAIM_WORDS[lang].notAReceipt]);

/** Who chose the seed, as far as that was checked. */
function seedOf({ seedFrom, request }: Receipt, holds: Holding) {
  if (request.parameters.temperature === 0) return 'idle';
  if (seedFrom === 'server') return 'server';
  if (seedFrom === 'client') return holds('seed') ? 'client' : 'clientSays';
  return holds('parameters') ? 'nonce' : 'nonceSays';
}

/** The verdict in sentences. `isKeyKnown`: the auditor said whose key it must be; `isCutOff`: the saved stream has no end. */
export function claimOf(
  verdict: ReceiptAudit['verdict'],
  { receipt, keyid, model }: ReadReceipt,
  { checks, isKeyKnown, isCutOff }: { checks: readonly ReceiptCheck[]; isKeyKnown: boolean; isCutOff: boolean },
): Claim {
  const named = (wanted: ReceiptCheck['verdict']) =>
    checks.filter(({ verdict: found }) => found === wanted).map(({ name }) => name);
  const [refuted, open] = [named('refuted'), named('not-checked')];
  if (verdict === 'refuted') return inBoth((lang) => [CLAIM_WORDS[lang].refuted(CLAIM_WORDS[lang].named(refuted))]);
  const tokens = receipt.answers.reduce((sum, answer) => sum + answer.tokens, 0);
  const brokenOff = receipt.answers.filter(({ ended }) => !TOKEN_ENDS.includes(ended)).length;
  const isNothing = tokens === 0 && !receipt.answers.some(({ ended }) => ended === 'end');
  const held = named('holds');
  const seed = seedOf(receipt, (name) => held.includes(name));
  return inBoth((lang) => {
    const words = CLAIM_WORDS[lang];
    return [
      verdict === 'not-told'
        ? words.withoutModel
        : isNothing
          ? words.nothing
          : verdict === 'incomplete'
            ? words.incomplete
            : words.holds(receipt.answers.length, tokens),
      seed === 'nonce' ? words.seed.nonce(model, receipt.request.chatTemplate) : words.seed[seed],
      ...(brokenOff > 0 ? [words.brokenOff(brokenOff)] : []),
      ...(isCutOff ? [words.cutOff] : []),
      ...(isKeyKnown ? [] : [words.unknownKey(keyid)]),
      ...(open.length > 0 ? [words.open(words.named(open))] : []),
      words.limits,
    ];
  });
}

/** What a holding answer hangs on, from the answer down to what this audit leaves to others. `run`: the folder of the model's run. */
export function chainOf(
  read: ReadReceipt,
  { seal, run, jikji }: { seal: SealFound['seal']; run: string | undefined; jikji: string },
): ReceiptLink[] {
  const tokens = read.receipt.answers.reduce((sum, answer) => sum + answer.tokens, 0);
  const answer = {
    what: 'answer' as const,
    digest: read.digest,
    isChecked: true,
    text: `${quantity(tokens, 'token')} replayed`,
  };
  const model = { what: 'model' as const, digest: read.model, isChecked: true, text: 'config, tokenizer and weights' };
  if (!seal || run === undefined) return [answer, model];
  const sealed = `the seal of maker ${seal.maker} names these weights; last state ${seal.state}`;
  return [
    answer,
    model,
    { what: 'run', digest: seal.digest, isChecked: true, text: sealed },
    {
      what: 'training',
      digest: null,
      isChecked: false,
      text: `the training was not replayed here: ${jikji} audit ${shellWord(run)}`,
    },
  ];
}
