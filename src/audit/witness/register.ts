// A witnessed run beside the office's own list of lodgings: the answers that the run has are in it, were the first ones, and none is left out.

import {
  digestOfAnswer,
  digestOfCommitment,
  type Register,
  type RegisterEntry,
  requestKeyOfWitness,
  type Statement,
} from '../../ledger/index.ts';
import { LODGING, SEAL_LODGING, TRANSCRIPT } from '../../run-folder/index.ts';
import { Findings } from '../findings.ts';
import { linksAt, reportMissing } from '../register-check.ts';
import type { CheckContext } from '../structure.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';

type Found = Findings<WitnessCheckName>;

/** The run has an answer of the register, and the first one to what was asked. */
function checkAnswer(
  file: string,
  answer: Statement<'lodging'>,
  { register, byDigest }: { register: Register; byDigest: ReadonlyMap<string, RegisterEntry> },
  findings: Found,
): void {
  const entry = byDigest.get(answer.digest);
  if (!entry) reportMissing(file, answer, register, findings);
  else if (entry.answer > 1)
    findings.incomplete(
      file,
      `is answer ${entry.answer}: the earlier ones may have been discarded, so what follows from it could be chosen`,
    );
}

export async function checkWitnessRegister(
  { statements, folder }: WitnessEvidence,
  register: Register,
  pinned: string | undefined,
  { showProgress }: CheckContext,
): Promise<WitnessCheck> {
  const findings: Found = new Findings('register');
  const size = register.entries.length;
  const evasion = 'A run that was lodged under another key or recipe is another run for the register';
  findings.note(
    pinned === undefined
      ? `${evasion}; and a chain alone does not stop an office that shows two histories: compare its head with one that others hold (--register-head).`
      : `${evasion}. The given head is that of entry ${register.entryAt(pinned)} of ${size}.`,
  );
  const done = (text: string) =>
    findings.check(`${text}; the register has ${size} entries, its head is ${register.head}`);
  if (!statements) {
    findings.incomplete('genesis.json', 'without a sound genesis the run cannot be found in the register');
    return done('nothing was compared');
  }
  const { genesis, lodging, sealLodging, heads } = statements;
  const { commitment } = genesis.predicate;
  const list = { register, byDigest: new Map(register.entries.map((entry) => [digestOfAnswer(entry.lodging), entry])) };
  const asked = { kind: 'request', maker: genesis.keyid, step: null } as const;
  const [request] = register.answersTo({ ...asked, subject: requestKeyOfWitness(genesis.keyid, commitment) });
  if (lodging) checkAnswer(LODGING, lodging, list, findings);
  // Its seed could have been discarded for a better one.
  else if (request && commitment.lodging === null)
    findings.incomplete(
      LODGING,
      `the office answered a request for this run (entry ${request.entry} of ${request.time}), but genesis names none`,
    );
  if (sealLodging) checkAnswer(SEAL_LODGING, sealLodging, list, findings);
  for (const [step, { answer }] of heads)
    checkAnswer(`heads/step-${String(step).padStart(6, '0')}.lodging.json`, answer, list, findings);

  const subject = commitment.lodging ?? digestOfCommitment(commitment);
  const own = register.entries.filter(
    (one) => one.kind === 'head' && one.subject === subject && one.maker === genesis.keyid,
  );
  const lodged = new Set(own.map(({ step }) => step!));
  const links = await findings.tryAsync(TRANSCRIPT, () => linksAt(folder, lodged, showProgress));
  for (const { step, head, entry, answer } of own) {
    if (links && links.get(step!) !== head)
      findings.refuted(
        TRANSCRIPT,
        `is not the one whose head the office answered in entry ${entry}: it was changed afterwards`,
        { step: step! },
      );
    // An answer that is left out would let a maker draw his pairs by no nonce at all.
    else if (answer === 1 && !heads.has(step!) && commitment.pairEvery > 0 && step! % commitment.pairEvery === 0)
      findings.incomplete(
        'heads',
        `the office answered the head of step ${step} (entry ${entry}), and the run does not have its answer`,
        { step: step! },
      );
  }
  return done(`${own.length} heads during the training${lodging ? ', request' : ''}${sealLodging ? ', seal' : ''}`);
}
