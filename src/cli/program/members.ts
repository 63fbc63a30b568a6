// `jikji program organisation, consortium, maker, join, rename`: the participants.

import { JikjiError } from '../../base/index.ts';
import { parseCountry } from '../../formats/index.ts';
import { type NameOptions, type NewVerb, oneOf, titleOf } from './verb.ts';

export const TEAM = {
  name: true,
  id: '<id>',
  lead: '--lead <organisation>',
  members: '--member <organisation>',
} as const;

const readCountry = (text: string): string =>
  text === 'not recorded' ? text : parseCountry(text, `--country ${text}`);

export function addOrganisation(verb: NewVerb): void {
  verb('organisation', 'add an organisation')
    .example('organisation rebellions --name Rebellions --country KR --role chip')
    .takes('addOrganisation', {
      name: true,
      id: '<id>',
      country: ['--country <code>', readCountry],
      roles: '--role <role>',
    })
    .records('addOrganisation', ({ id }) => `Added ${id}`);
}

export function addMembers(verb: NewVerb): void {
  verb('consortium', 'a consortium that came without a call')
    .example('consortium han --lead han-models --member han-cloud')
    .takes('formConsortium', TEAM)
    .records('formConsortium', ({ id }) => `Formed ${id}`);

  verb('maker', "name the key that a consortium's runs are signed with")
    .example('maker han 3f9a...')
    .takes('nameMakerKey', { consortium: '<consortium>', makerKey: ['<fingerprint>', (text) => text.toLowerCase()] })
    .naming({ key: '<fingerprint>' })
    .does('nameMakerKey', async ({ perform, nameOf }, input) => {
      const { consortium, makerKey: key } = input;
      const { seq, link, kind, warnings } = await perform('nameMakerKey', input);
      return {
        json: { seq, link, kind, consortium, key, warnings: warnings.map(({ en }) => en) },
        lines: [
          `${nameOf(consortium)} signs with ${key.slice(0, 16)}... (entry ${seq})`,
          ...warnings.map(({ en }) => `  note: as things stand the rules exclude it: ${en}`),
        ],
      };
    });

  verb('join', 'an organisation came to a consortium after it was formed')
    .example('join han han-chips')
    .takes('joinConsortium', { consortium: '<consortium>', organisation: '<organisation>' })
    .records('joinConsortium', ({ consortium, organisation }, nameOf) => `${organisation} is in ${nameOf(consortium)}`);
}

export function addRename(verb: NewVerb): void {
  verb('rename', 'mend a name that was entered wrongly; the log keeps both')
    .example('rename consortium han --name "Han Models" --reason "a typing error"')
    .takes('mendName', { name: true, what: '<what>', id: '<id>', reason: true })
    .does(
      'mendName',
      async ({ tables, room, perform }, { what: wanted, id, reason }, { name, nameKo }) => {
        const what = oneOf(room.NAMED_THINGS, wanted, 'this has no name to change');
        const { en, ko } = room.nameNow(tables, what, id);
        const after = titleOf(id, { name: name ?? en, nameKo: nameKo ?? ko });
        const mending = { what, id, name: after, ...(reason !== undefined && { reason }) };
        const done = await perform('mendName', mending);
        return {
          json: { ...mending, ...done },
          lines: [`${done.before.en} is now ${after.en} (entry ${done.seq})`],
        };
      },
      (names: NameOptions, _: string, id: string) => {
        const hint = 'give --name, --name-ko or both; one that is left out stays';
        if (names.name === undefined && names.nameKo === undefined)
          throw new JikjiError('usage', 'a name is needed', id, hint);
        return names;
      },
    );
}
