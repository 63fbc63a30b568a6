// The office's counter-signature under a run's request or seal, kept in the log: one answer for each, so that nobody can ask for
// nonces until one suits him.

import { kindOf, type Lodged, lodgeFile, readStatement, type Signer } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { programmeOf } from './times.ts';

export interface Answer extends Pick<Lodged, 'name' | 'text'> {
  /** False: it was answered before, and this is that answer. */
  fresh: boolean;
}

/**
 * Answers a request or a seal; `file` is it.
 * @throws JikjiError `not-lodgeable`, `statement-broken`, `programme-missing`
 */
export async function lodge(programme: Programme, signer: Signer, file: string, actor: string): Promise<Answer> {
  programmeOf(programme.tables);
  const kind = kindOf(file);
  if (kind === 'request' || kind === 'seal') {
    const before = programme.tables.get('lodgings', idOf(readStatement(file, kind).digest));
    const name = kind === 'request' ? 'lodging.json' : 'seal-lodging.json';
    if (before) return { name, text: String(before.statement), fresh: false };
  }
  const { of, name, text, digest } = lodgeFile(file, signer);
  const data = { id: idOf(digest), kind: of, requestDigest: digest, statement: text };
  await programme.record(actor, [{ kind: 'lodging-given', data }]);
  return { name, text, fresh: true };
}

const idOf = (digest: string): string => digest.slice(0, 32);
