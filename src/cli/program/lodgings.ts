// `jikji program lodge` and `jikji program answers`: the office counter-signs, and its register as a file.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { counted, JikjiError, writeFileAtomic } from '../../base/index.ts';
import { ANSWER_FILES } from '../../ledger/index.ts';
import { describeAnswer, readLodgeableFile } from '../lodge.ts';
import type { Output } from '../output.ts';
import { type Common, verb, withProgramme } from './common.ts';

export function addLodgings(program: Command, output: Output): void {
  verb(program, 'lodge', "counter-sign a run's request or seal, kept in the log", 'lodge request.json')
    .argument('<file>', 'request.json or seal.json')
    .option('--genesis <file>', "with a seal: the run's genesis.json (default: the one beside it)")
    .option('--out <file>', 'where the answer goes (default: beside the file)')
    .action(async (file: string, options: Common & { out?: string; genesis?: string }) => {
      const { asked, texts } = readLodgeableFile(file, options.genesis);
      const { out, fresh, entry } = await withProgramme(options, async ({ perform }) => {
        const answer = await perform('lodge', texts);
        const out = options.out ?? join(dirname(file), ANSWER_FILES[asked.kind]);
        if (existsSync(out) && readFileSync(out, 'utf8') !== answer.text)
          throw new JikjiError('file-exists', 'there is another answer already', out, 'choose another file with --out');
        writeFileAtomic(out, answer.text);
        return { out, fresh: answer.fresh, entry: answer.entry };
      });
      const { entry: place = null, answer = null } = entry ?? {};
      output.result({ file: out, fresh, entry: place, answer }, () => {
        output.line(
          fresh
            ? 'Lodged, with the time of this machine and a fresh nonce'
            : 'It was lodged before: this is the answer it has',
        );
        output.line(`  answer  ${out}`);
        if (entry) describeAnswer(output, entry, true);
      });
    });

  verb(
    program,
    'answers',
    "write the office's register, for audit --register",
    'answers --out register.jsonl   (a server gives it at /api/programmes/NAME/register)',
  )
    .option('--out <file>', 'where it goes', 'register.jsonl')
    .action(async (options: Common & { out: string }) => {
      const { head, entries } = await withProgramme(options, async ({ tables, room }) => {
        const register = room.registerOf(tables);
        const text = room.registerText(tables);
        if (!register || text === undefined)
          throw new JikjiError(
            'register-missing',
            'this office has answered nothing yet',
            options.out,
            'lodge something first',
          );
        writeFileAtomic(options.out, text);
        return { head: register.head, entries: register.entries.length };
      });
      output.result({ file: options.out, entries, head }, () => {
        output.line(`${counted(entries, 'answer')} of the office: ${options.out}`);
        output.line(`  head  ${head}`);
      });
    });
}
