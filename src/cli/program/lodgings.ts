// `jikji program lodge` and `jikji program answers`: the office counter-signs a request or a seal, and writes its register to a file.

import { existsSync, readFileSync } from 'node:fs';
import { JikjiError, quantity, writeFileAtomic } from '../../base/index.ts';
import { answerFile, answerLines, readLodgeableFile } from '../lodge.ts';
import type { Output } from '../output.ts';
import type { NewVerb } from './verb.ts';

export function addLodgings(verb: NewVerb, output: Output): void {
  verb('lodge', "counter-sign a run's request or seal, or a model's digest, kept in the log")
    .example('lodge request.json')
    .argument('<file>', 'request.json, seal.json, or what lineage sketch --sign wrote')
    .option('--genesis <file>', "with a seal: the run's genesis.json (default: the one beside it)")
    .option('--out <file>', 'where the answer goes (default: beside the file)')
    .handle((file: string, { out: wanted, genesis }: { out?: string; genesis?: string }) => {
      const { asked, texts } = readLodgeableFile(file, genesis);
      const out = wanted ?? answerFile(file, asked);
      return async ({ perform }) => {
        const { text, fresh, entry } = await perform('lodge', texts);
        if (existsSync(out) && readFileSync(out, 'utf8') !== text)
          throw new JikjiError('file-exists', 'there is another answer already', out, 'choose another file with --out');
        writeFileAtomic(out, text);
        return {
          json: { file: out, fresh, entry: entry?.entry ?? null, answer: entry?.answer ?? null },
          lines: [
            fresh
              ? 'Lodged, with the time of this machine and a fresh nonce'
              : 'It was lodged before: this is the answer it has',
            `  answer  ${out}`,
            ...(entry ? answerLines(output, entry, true) : []),
          ],
        };
      };
    });

  verb('answers', "write the office's register, for audit --register")
    .example('answers --out register.jsonl   (a server gives it at /api/programmes/NAME/register)')
    .option('--out <file>', 'where it goes', 'register.jsonl')
    .handle(({ out }: { out: string }) => ({ tables, room }) => {
      const register = room.registerOf(tables);
      const text = room.registerText(tables);
      if (!register || text === undefined)
        throw new JikjiError('register-missing', 'this office has answered nothing yet', out, 'lodge something first');
      writeFileAtomic(out, text);
      const { head, entries } = register;
      return {
        json: { file: out, entries: entries.length, head },
        lines: [`${quantity(entries.length, 'answer')} of the office: ${out}`, `  head  ${head}`],
      };
    });
}
