// `jikji lodge FILE --key KEY`: an office counter-signs a request, a seal or a statement about a model with its time and a fresh nonce, and records the answer in
// its register.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { JikjiError, writeFileAtomic } from '../base/index.ts';
import {
  ANSWER_FILES,
  findAnswerInFile,
  type Lodgeable,
  lodgeInFile,
  notLodgeable,
  type RegisterEntry,
  readLodgeable,
  readStatementText,
  registerFile,
} from '../ledger/index.ts';
import { GENESIS, HAND_OVERS } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { openSigner } from './key.ts';
import type { Output } from './output.ts';
import { isSameFile } from './report-file.ts';

interface Options {
  key: string;
  out?: string;
  register?: string;
  genesis?: string;
}

interface LodgeableFile {
  asked: Lodgeable & { kind: Exclude<Lodgeable['kind'], 'head'> };
  texts: { statement: string; genesis?: string };
}

/** Reads a request, a statement about a model, or a seal with the run's genesis (default: genesis.json in the same folder). @throws JikjiError `file-missing`, `not-lodgeable` */
export function readLodgeableFile(file: string, genesisFile?: string): LodgeableFile {
  const isHandOver = basename(dirname(file)) === HAND_OVERS;
  const beside = genesisFile ?? join(dirname(file), isHandOver ? '..' : '', GENESIS);
  const statement = (() => {
    try {
      return readStatementText(file);
    } catch (cause) {
      if (!existsSync(file)) {
        const hint = "give a run's request.json or seal.json";
        throw new JikjiError('file-missing', 'there is no such file', file, hint, { cause });
      }
      throw notLodgeable(file, cause); // a folder, a model
    }
  })();
  const genesis = genesisFile !== undefined || existsSync(beside) ? readStatementText(beside) : undefined;
  const found = readLodgeable(statement, genesis, file);
  if (found.kind === 'head') throw notLodgeable(file);
  return { asked: { ...found, kind: found.kind }, texts: { statement, ...(genesis !== undefined && { genesis }) } };
}

/** The file of an answer: in a run folder of a fixed name, of a model or a hand-over named after its statement. */
export const answerFile = (file: string, { kind }: LodgeableFile['asked']): string =>
  kind === 'model' || kind === 'hand-over'
    ? `${file.replace(/\.json$/, '')}.${ANSWER_FILES.request}`
    : join(dirname(file), ANSWER_FILES[kind]);

/** Whether a file has these bytes. */
function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file).equals(Buffer.from(text));
  } catch {
    return false; // a folder, or unreadable
  }
}

/** Lines for people about an answer; a second answer for the same run is marked. */
export function answerLines(output: Output, { entry, answer, kind }: RegisterEntry, fresh: boolean): string[] {
  const what = {
    request: 'request for the same run',
    seal: 'seal of this run',
    model: 'statement about this model',
    'hand-over': 'hand-over by this key',
    head: 'head',
  }[kind];
  const second = `It is answer ${answer} to a ${what}: audits by the register show that.`;
  return [
    ...(fresh ? [] : ['  This file was answered before: this is the answer it has, and nothing new.']),
    ...(answer === 1 || kind === 'hand-over'
      ? []
      : [
          `  ${output.style('yellow', second)}`,
          ...(kind === 'seal' ? ["  Its nonce cannot serve as the challenge: only the first answer's can."] : []),
          `  Entry ${entry} of the register keeps both.`,
        ]),
  ];
}

export function addLodge(program: Command, output: Output): void {
  program
    .command('lodge')
    .description(
      "Counter-signs a run's request.json, hand-overs/NNN.json or seal.json, or what lineage sketch --sign wrote about a model, with this machine's time and a fresh nonce, and adds the answer to the office's register: jikji/registers/KEY'S FINGERPRINT.jsonl in your state folder ($XDG_STATE_HOME, else ~/.local/state), or --register. Keep it, and give it to auditors: audit --register shows what was asked more than once. A file that was answered gets the answer it has; another request for the same run, or another seal of it, gets a new one with the next number. Once a hand-over was lodged, heads, hand-overs and seals of the key that signed it are refused.",
    )
    .argument('<file>', 'request.json, hand-overs/NNN.json, seal.json or a statement about a model')
    .requiredOption('--key <name>', "the office's key")
    .option('--register <file>', "the office's register (default: one for each key, in your state folder)")
    .option('--genesis <file>', "with a hand-over or a seal: the run's genesis.json (default: the one beside it)")
    .option('--out <file>', 'where the answer goes (default: beside the file)')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} lodge runs/hello/request.json --key office`)
    .action(async (file: string, options: Options) => {
      const { asked } = readLodgeableFile(file, options.genesis);
      const signer = await openSigner(options.key);
      const out = options.out ?? answerFile(file, asked);
      const register = options.register ?? registerFile(signer.fingerprint);
      if (isSameFile(out, register))
        throw new JikjiError('usage', 'this file is the register', `--out ${out}`, 'choose another file with --out');
      const isThere = existsSync(out);
      const kept = isThere ? findAnswerInFile(register, asked, signer) : undefined;
      if (isThere && !(kept && holds(out, kept.entry.lodging)))
        throw new JikjiError('file-exists', 'there is another answer already', out, 'choose another file with --out');
      const { entry, fresh, head } = kept ? { ...kept, fresh: false } : await lodgeInFile(register, asked, signer);
      if (!kept) writeFileAtomic(out, entry.lodging);
      const result = {
        file: out,
        office: signer.fingerprint,
        maker: entry.maker,
        nonce: entry.nonce,
        time: entry.time,
        fresh,
        answer: entry.answer,
        register: { file: register, entry: entry.entry, head },
      };
      output.result(result, () => {
        output.line(`Lodged ${basename(file)} of maker ${entry.maker.slice(0, 16)}... at ${entry.time}`);
        output.line(`  answer    ${out}`);
        output.line(`  register  ${register}, entry ${entry.entry}`);
        output.line(`  head      ${head}`);
        output.lines(answerLines(output, entry, fresh));
      });
    });
}
