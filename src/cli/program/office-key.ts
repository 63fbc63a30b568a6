// The key that an office signs with, on this machine.

import { JikjiError } from '../../base/index.ts';
import { DEFAULT_KEY, listKeys, newKey, type Signer } from '../../ledger/index.ts';
import type { Tables } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { openSigner } from '../key.ts';

/** The default name of the office's key. */
export const OFFICE_KEY = 'office';

function keyOfOffice(tables: Tables) {
  const [programme] = tables.all('programmes');
  const wanted = programme?.officeKey;
  return { programme, wanted, key: listKeys().find(({ fingerprint }) => fingerprint === wanted) };
}

/** Opens the key of this programme's office. @throws JikjiError `no-office-key`, `key-missing` */
export async function officeSigner(tables: Tables): Promise<Signer> {
  const { programme, wanted, key } = keyOfOffice(tables);
  if (!wanted)
    throw new JikjiError(
      'no-office-key',
      'the office of this programme has no key',
      programme?.id ?? 'the database',
      programme ? 'a record of what others did takes nothing new' : `make one first: ${calledAs()} program create`,
    );
  if (key) return openSigner(key.name);
  const hint = 'run this where the key is; keys lie in the configuration folder of their user';
  throw new JikjiError('key-missing', "the office's key is not on this machine", wanted, hint);
}

/** The office's key if it opens without a prompt; undefined if it is not on this machine or needs a passphrase. */
export async function officeSignerAtHand(tables: Tables): Promise<Signer | undefined> {
  const { key } = keyOfOffice(tables);
  if (!key || (key.protected && !process.env.JIKJI_PASSPHRASE)) return undefined;
  return openSigner(key.name).catch((error) => {
    if (error instanceof JikjiError) return undefined; // JIKJI_PASSPHRASE belongs to another key
    throw error;
  });
}

/** Opens a key by name; creates the office's key or the default key if it does not exist. */
export async function signerOrNew(name: string, say: (text: string) => void): Promise<Signer> {
  if (name !== OFFICE_KEY && name !== DEFAULT_KEY) return openSigner(name);
  if (!listKeys().some((key) => key.name === name)) {
    const made = newKey(name);
    say(`Made the key "${name}", ${made.fingerprint.slice(0, 16)}...: it signs for the office. Keep a copy of it.`);
  }
  return openSigner(name);
}
