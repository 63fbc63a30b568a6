// `jikji key new|show|list`: the user's signing keys.

import { appendFileSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import {
  DEFAULT_KEY,
  defaultSigner,
  type KeyInfo,
  listKeys,
  loadSigner,
  newKey,
  type Signer,
  showKey,
} from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { passphraseFor } from './passphrase.ts';
import { serve } from './rooms.ts';
import { table } from './text.ts';

/** Opens a key to sign with; asks for its passphrase if it has one. */
export async function openSigner(name: string): Promise<Signer> {
  return loadSigner(name, showKey(name).protected ? await passphraseFor(`the key ${name}`) : undefined);
}

/** The key of this name, or the user's own, which is made if there is none. */
export const signerOf = async (name: string | undefined, output: Output): Promise<Signer> =>
  name === undefined ? defaultSigner((text) => output.line(text)) : openSigner(name);

/**
 * Checks that a job can sign without a terminal. Without a name, the user's default key is created if it is missing.
 * @throws JikjiError `no-terminal`, `key-...`
 */
export function checkJobSigns(name: string | undefined, note: (text: string) => void): void {
  if (name === undefined) defaultSigner(note);
  else if (showKey(name).protected && !process.env.JIKJI_PASSPHRASE)
    throw new JikjiError(
      'no-terminal',
      'this key has a passphrase, and a job cannot ask',
      name,
      'set JIKJI_PASSPHRASE',
    );
}

const asLines = (output: Output, key: KeyInfo): void => {
  output.line(`${key.name}${key.protected ? ' (has a passphrase)' : ''}`);
  output.line(`  fingerprint  ${key.fingerprint}`);
  output.line(key.publicKey.trimEnd());
};

export function addKey(program: Command, output: Output): void {
  const key = program
    .command('key')
    .description('ECDSA P-256 keys in your configuration folder, readable by you alone.')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} key new office --passphrase\n  $ ${calledAs()} key list`);
  key
    .command('new')
    .description('makes a key')
    .argument('[name]', 'what it is called', DEFAULT_KEY)
    .option('--passphrase', 'protect it with a passphrase')
    .action(async (name: string, options: { passphrase?: boolean }) => {
      const made = newKey(name, options.passphrase ? await passphraseFor(`the new key ${name}`) : undefined);
      output.result(made, () => asLines(output, made));
    });
  key
    .command('show')
    .description('prints the public half of a key')
    .argument('[name]', 'which one', DEFAULT_KEY)
    .action((name: string) => {
      const found = showKey(name);
      output.result(found, () => asLines(output, found));
    });
  key
    .command('api')
    .description('makes a key for the clients of a server, and its line for the file of --api-key')
    .argument('<name>', 'who it is for: letters, digits, . _ @ -')
    .option('--file <file>', 'adds the line to this file')
    .action(async (name: string, { file }: { file?: string }) => {
      const { newApiKey } = await serve();
      const made = newApiKey(name);
      if (file !== undefined) appendFileSync(file, `${made.line}\n`, { mode: 0o600 });
      output.result({ name, ...made }, () => {
        output.line(made.key);
        output.line(
          file === undefined
            ? `Line for the file: ${made.line}`
            : `${file} has its hash. The key itself is nowhere else.`,
        );
      });
    });
  key
    .command('list')
    .description('lists the keys')
    .action(() => {
      const keys = listKeys();
      output.result({ keys }, () => {
        if (keys.length === 0) {
          output.line(`There is no key yet: ${calledAs()} key new makes one, and so does the first make.`);
          return;
        }
        output.lines(table(keys.map((k) => [k.name, k.fingerprint, k.protected ? 'passphrase' : ''])));
      });
    });
}
