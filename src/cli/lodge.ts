// `jikji lodge FILE --key KEY`: an office counter-signs a request or a seal with its own time and a fresh nonce.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { JikjiError, writeFileAtomic } from '../base/index.ts';
import { kindOf, readStatement, signStatement } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { signerNamed } from './key.ts';
import type { Output } from './output.ts';

const ANSWERS = {
  request: { subject: 'request.json', file: 'lodging.json' },
  seal: { subject: 'seal.json', file: 'seal-lodging.json' },
};

export function addLodge(program: Command, output: Output): void {
  program
    .command('lodge')
    .summary("an office's counter-signature on a request or a seal")
    .description("Counter-signs a run's request.json or seal.json with this machine's time and a fresh nonce.")
    .argument('<file>', 'request.json or seal.json')
    .requiredOption('--key <name>', "the office's key")
    .option('--out <file>', 'where the answer goes (default: beside the file)')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} lodge runs/hello/request.json --key office`)
    .action(async (file: string, options: { key: string; out?: string }) => {
      const kind = kindOf(file);
      if (kind !== 'request' && kind !== 'seal') {
        throw new JikjiError(
          'not-lodgeable',
          'is neither a request nor a seal',
          file,
          "give a run's request.json or seal.json",
        );
      }
      const statement = readStatement(file, kind);
      const { subject, file: name } = ANSWERS[kind];
      const out = options.out ?? join(dirname(file), name);
      if (existsSync(out))
        throw new JikjiError('file-exists', 'there is an answer already', out, 'choose another file with --out');
      const signer = await signerNamed(options.key);
      const predicate = {
        formatVersion: 1 as const,
        officeKey: signer.publicKey.toString('base64'),
        nonce: randomBytes(32).toString('hex'),
        time: new Date().toISOString(),
      };
      writeFileAtomic(out, signStatement('lodging', [[subject, statement.digest]], predicate, signer));
      const result = {
        file: out,
        office: signer.fingerprint,
        maker: statement.keyid,
        nonce: predicate.nonce,
        time: predicate.time,
      };
      output.result(result, () => {
        output.line(`Lodged ${basename(file)} of maker ${statement.keyid.slice(0, 16)}... at ${predicate.time}`);
        output.line(`  answer  ${out}`);
      });
    });
}
