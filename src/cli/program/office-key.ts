// The key that an office signs with, on this machine.

import { JikjiError } from '../../base/index.ts';
import { DEFAULT_KEY, listKeys, newKey, type Signer } from '../../ledger/index.ts';
import type { Tables } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { openSigner } from '../key.ts';

/** What the office signs with where nothing else is said. */
export const OFFICE_KEY = 'office';

function keyOfOffice(tables: Tables) {
  const [programme] = tables.all('programmes');
  const wanted = programme?.officeKey;
  return { programme, wanted, key: listKeys().find(({ fingerprint }) => fingerprint === wanted) };
}

/** The key that the office of this programme signs with. */
export async function officeSigner(tables: Tables): Promise<Signer> {
  const { programme, wanted, key } = keyOfOffice(tables);
  if (!wanted)
    throw new JikjiError(
      'no-office-key',
      'this programme has no key that its office signs with',
      programme?.id ?? 'the database',
      programme ? 'a record of what others did takes nothing new' : `make one first: ${calledAs()} program create`,
    );
  if (key) return openSigner(key.name);
  const hint = 'run this where the key is; keys lie in the configuration folder of their user';
  throw new JikjiError('key-missing', "the office's key is not on this machine", wanted, hint);
}

/** The office's key where it can be opened without asking anybody; undefined where it lies elsewhere or has a passphrase. */
export async function officeSignerAtHand(tables: Tables): Promise<Signer | undefined> {
  const { key } = keyOfOffice(tables);
  if (!key || (key.protected && !process.env.JIKJI_PASSPHRASE)) return undefined;
  return openSigner(key.name).catch((error) => {
    if (error instanceof JikjiError) return undefined; // the passphrase is of another key
    throw error;
  });
}

/** A word beside the result. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** A key by its name; that of the office is made where it is not there yet. */
export async function signerOrNew(name: string, say: (text: string) => void): Promise<Signer> {
  if (name !== OFFICE_KEY && name !== DEFAULT_KEY) return openSigner(name);
  if (!listKeys().some((key) => key.name === name)) {
    const made = newKey(name);
    say(`Made the key "${name}", ${made.fingerprint.slice(0, 16)}...: it signs for the office. Keep a copy of it.`);
  }
  return openSigner(name);
}
