// An office's counter-signature on a run's request or seal: its own time, and a nonce that nobody could know before.

import { randomBytes } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import type { Signer } from './keys.ts';
import { kindOf, readStatement, signStatement } from './statement.ts';

/** What the answer to each is called in a run's folder. */
const ANSWERS = { request: 'lodging.json', seal: 'seal-lodging.json' } as const;

export interface Lodged {
  of: 'request' | 'seal';
  /** What the answer is called beside the file. */
  name: (typeof ANSWERS)[keyof typeof ANSWERS];
  /** The answer's text. */
  text: string;
  /** SHA-256 of the file that was signed. */
  digest: string;
  /** Fingerprint of the key that the file is signed with. */
  maker: string;
  nonce: string;
  time: string;
}

/** @throws JikjiError `not-lodgeable`, `statement-broken`, `statement-missing` */
export function lodgeFile(file: string, signer: Signer): Lodged {
  const of = kindOf(file);
  if (of !== 'request' && of !== 'seal') {
    throw new JikjiError(
      'not-lodgeable',
      'is neither a request nor a seal',
      file,
      "give a run's request.json or seal.json",
    );
  }
  const { digest, keyid } = readStatement(file, of);
  const officeKey = signer.publicKey.toString('base64');
  const predicate = {
    formatVersion: 1 as const,
    officeKey,
    nonce: randomBytes(32).toString('hex'),
    time: new Date().toISOString(),
  };
  const text = signStatement('lodging', [[`${of}.json`, digest]], predicate, signer);
  return { of, name: ANSWERS[of], text, digest, maker: keyid, nonce: predicate.nonce, time: predicate.time };
}
