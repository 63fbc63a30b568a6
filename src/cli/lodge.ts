// `jikji lodge FILE --key KEY`: an office counter-signs a request or a seal with its own time and a fresh nonce.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { JikjiError, writeFileAtomic } from '../base/index.ts';
import { lodgeFile } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { signerNamed } from './key.ts';
import type { Output } from './output.ts';

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
      const signer = await signerNamed(options.key);
      const lodged = lodgeFile(file, signer);
      const out = options.out ?? join(dirname(file), lodged.name);
      if (existsSync(out))
        throw new JikjiError('file-exists', 'there is an answer already', out, 'choose another file with --out');
      writeFileAtomic(out, lodged.text);
      const result = {
        file: out,
        office: signer.fingerprint,
        maker: lodged.maker,
        nonce: lodged.nonce,
        time: lodged.time,
      };
      output.result(result, () => {
        output.line(`Lodged ${basename(file)} of maker ${lodged.maker.slice(0, 16)}... at ${lodged.time}`);
        output.line(`  answer  ${out}`);
      });
    });
}
