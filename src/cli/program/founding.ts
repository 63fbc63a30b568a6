// `jikji program create, example`: how a programme begins.

import type { Command } from 'commander';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import {
  type Common,
  ID,
  type Named,
  named,
  note,
  OFFICE_KEY,
  oneOf,
  signerOrNew,
  titleOf,
  verb,
  withProgramme,
} from './common.ts';

export function addCreate(program: Command, output: Output): void {
  named(
    verb(
      program,
      'create',
      'begin a new programme',
      'create korea-llm --name "Homegrown models" --name-ko "독자 모델"',
    ),
  )
    .argument(...ID)
    .option('--practice', 'it is made up, to practise with')
    .option('--key <name>', 'the key that the office signs with', OFFICE_KEY)
    .action(async (id: string, options: Common & Named & { practice?: boolean; key: string }) => {
      const signer = await signerOrNew(options.key, note);
      const founding = { id, name: titleOf(id, options), mode: options.practice ? 'practice' : 'real' };
      const where = await withProgramme(
        options,
        async ({ programme, perform }) => {
          await perform('foundProgramme', founding, { by: { signer: async () => signer } });
          return programme.store.where;
        },
        { begin: true },
      );
      output.result({ programme: id, database: where, officeKey: signer.fingerprint }, () => {
        output.line(`The programme ${id} lives in ${where}`);
        output.line(`  its office signs with ${signer.fingerprint}`);
        output.line(`Next:\n  ${calledAs()} program organisation ...   then a call, or consortia`);
      });
    });
}

export function addExample(program: Command, output: Output): void {
  verb(program, 'example', 'fill an empty database with an example', 'example practice --database practice')
    .argument('<name>', 'practice, or korea-2025 (a record of what was published)')
    .option('--key <name>', 'the key that the office of practice signs with', OFFICE_KEY)
    .action(async (name: string, options: Common & { key: string }) => {
      const result = await withProgramme(
        options,
        async ({ programme, tables, room, perform }) => {
          const example = oneOf(room.EXAMPLES, name, 'there is no example of this name');
          const signer = () => signerOrNew(options.key, note);
          const { mode } = await perform('takeExample', { example }, { by: { signer } });
          const consortia = [...tables.all('consortia')].map(({ id }) => id);
          return { example, mode, database: programme.store.where, entries: programme.head.seq, consortia };
        },
        { begin: true },
      );
      output.result(result, () => {
        output.line(`${name}: ${result.entries} entries, ${result.consortia.length} consortia, in ${result.database}`);
        const next = result.mode === 'record' ? 'report --out report.html' : 'open stage-1';
        const where = options.database === undefined ? '' : ` --database ${options.database}`;
        output.line(`Next:\n  ${calledAs()} program ${next}${where}`);
      });
    });
}
