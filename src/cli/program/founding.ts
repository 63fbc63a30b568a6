// `jikji program create, example`: new programmes.

import { note } from '../output.ts';
import { OFFICE_KEY, signerOrNew } from './office-key.ts';
import { type NameOptions, type NewVerb, next, oneOf, titleOf } from './verb.ts';

export function addFounding(verb: NewVerb): void {
  verb('create', 'begin a new programme')
    .example('create korea-llm --name "Homegrown models" --name-ko "독자 모델"')
    .nameOptions()
    .newId()
    .option('--practice', 'it is made up, to practise with')
    .option('--key <name>', 'the key that the office signs with', OFFICE_KEY)
    .handle(
      async (id: string, options: NameOptions & { practice?: boolean; key: string }) => {
        const signer = await signerOrNew(options.key, note);
        const founding = { id, name: titleOf(id, options), mode: options.practice ? 'practice' : 'real' };
        return async ({ programme, perform }) => {
          await perform('foundProgramme', founding, { by: { signer: async () => signer } });
          const { where } = programme.store;
          return {
            json: { programme: id, database: where, officeKey: signer.fingerprint },
            lines: [
              `The programme ${id} lives in ${where}`,
              `  its office signs with ${signer.fingerprint}`,
              next('organisation ...   then a call, or consortia'),
            ],
          };
        };
      },
      { create: true },
    );

  verb('example', 'fill an empty database with an example')
    .example('example practice --database practice')
    .argument('<name>', 'practice, or korea-2025 (a record of what was published)')
    .option('--key <name>', 'the key that the office of practice signs with', OFFICE_KEY)
    .handle(
      (name: string, { key, database }: { key: string; database?: string }) =>
        async ({ programme, tables, room, perform }) => {
          const example = oneOf(room.EXAMPLES, name, 'there is no example of this name');
          const signer = () => signerOrNew(key, note);
          const { mode } = await perform('takeExample', { example }, { by: { signer } });
          const consortia = tables.all('consortia').map(({ id }) => id);
          const { where } = programme.store;
          const entries = programme.head.seq;
          const then = mode === 'record' ? 'report --out report.html' : 'open stage-1';
          return {
            json: { example, mode, database: where, entries, consortia },
            lines: [
              `${name}: ${entries} entries, ${consortia.length} consortia, in ${where}`,
              next(`${then}${database === undefined ? '' : ` --database ${database}`}`),
            ],
          };
        },
      { create: true },
    );
}
