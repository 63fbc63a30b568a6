// `jikji program create, example`: new programmes.

import { note } from '../output.ts';
import { OFFICE_KEY, signerOrNew } from './office-key.ts';
import { type NewVerb, next, oneOf } from './verb.ts';

export function addFounding(verb: NewVerb): void {
  verb('create', 'begin a new programme')
    .example('create korea-llm --name "Homegrown models" --name-ko "독자 모델"')
    .takes('foundProgramme', { name: true, id: '<id>' })
    .option('--practice', 'it is made up, to practise with')
    .option('--key <name>', 'the key that the office signs with', OFFICE_KEY)
    .does(
      'foundProgramme',
      async ({ programme, perform }, input, { signer, mode }) => {
        await perform('foundProgramme', { ...input, mode }, { signer: async () => signer });
        const { where } = programme.store;
        return {
          json: { programme: input.id, database: where, officeKey: signer.fingerprint },
          lines: [
            `The programme ${input.id} lives in ${where}`,
            `  its office signs with ${signer.fingerprint}`,
            next('organisation ...   then a call, or consortia'),
          ],
        };
      },
      async ({ key, practice }: { key: string; practice?: boolean }) => ({
        signer: await signerOrNew(key, note),
        mode: practice ? 'practice' : 'real',
      }),
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
          const { mode } = await perform('takeExample', { example }, { signer });
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
