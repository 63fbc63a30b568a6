// `jikji program organisation, consortium, maker, join, rename`: the participants.

import { JikjiError } from '../../base/index.ts';
import { parseCountry } from '../../formats/index.ts';
import { type NameOptions, type NewVerb, oneOf, recording, titleOf, type Verb } from './verb.ts';

export interface Team extends NameOptions {
  lead: string;
  member?: string[];
}

export const teamOptions = (verb: Verb): Verb =>
  verb
    .nameOptions()
    .newId()
    .requiredOption('--lead <organisation>', 'who leads it')
    .repeatable('--member <organisation>', 'may be given several times');

export const teamOf = (id: string, { lead, member = [], ...title }: Team) => ({
  id,
  name: titleOf(id, title),
  lead,
  members: member,
});

export function addOrganisation(verb: NewVerb): void {
  verb('organisation', 'add an organisation')
    .example('organisation rebellions --name Rebellions --country KR --role chip')
    .nameOptions()
    .newId()
    .requiredOption('--country <code>', 'its code of ISO 3166, such as KR, or "not recorded"')
    .repeatable(
      '--role <role>',
      'its place in the value chain: chip, memory, data-center, cloud, data, model, service, university or other; may be given several times',
    )
    .handle((id: string, { country, role = [], ...title }: NameOptions & { country: string; role?: string[] }) => {
      const code = country === 'not recorded' ? country : parseCountry(country, `--country ${country}`);
      const input = { id, name: titleOf(id, title), country: code, roles: role };
      return recording('addOrganisation', input, `Added ${id}`);
    });
}

export function addMembers(verb: NewVerb): void {
  teamOptions(verb('consortium', 'a consortium that came without a call'))
    .example('consortium han --lead han-models --member han-cloud')
    .handle((id: string, team: Team) => recording('formConsortium', teamOf(id, team), `Formed ${id}`));

  verb('maker', "name the key that a consortium's runs are signed with")
    .example('maker han 3f9a...')
    .argument('<consortium>')
    .argument('<fingerprint>', '64 hex digits, as "jikji key show" prints them')
    .handle((consortium: string, fingerprint: string) => {
      const key = fingerprint.toLowerCase();
      const how = { names: { key: '<fingerprint>' }, given: { consortium, key } };
      return async ({ perform, nameOf }) => {
        const { seq, link, kind, warnings } = await perform('nameMakerKey', { consortium, makerKey: key }, how);
        return {
          json: { seq, link, kind, consortium, key, warnings: warnings.map(({ en }) => en) },
          lines: [
            `${nameOf(consortium)} signs with ${key.slice(0, 16)}... (entry ${seq})`,
            ...warnings.map(({ en }) => `  note: as things stand the rules exclude it: ${en}`),
          ],
        };
      };
    });

  verb('join', 'an organisation came to a consortium after it was formed')
    .example('join han han-chips')
    .argument('<consortium>')
    .argument('<organisation>', 'one that was added')
    .handle((consortium: string, organisation: string) =>
      recording(
        'joinConsortium',
        { consortium, organisation },
        (nameOf) => `${organisation} is in ${nameOf(consortium)}`,
      ),
    );
}

export function addRename(verb: NewVerb): void {
  verb('rename', 'mend a name that was entered wrongly; the log keeps both')
    .example('rename consortium han --name "Han Models" --reason "a typing error"')
    .nameOptions('the name from now on')
    .argument('<what>', 'programme, organisation, consortium, application, call or stage')
    .argument('<id>', 'its id, which stays')
    .option('--reason <text>', 'why')
    .handle((wanted: string, id: string, { name, nameKo, reason }: NameOptions & { reason?: string }) => {
      const hint = 'give --name, --name-ko or both; one that is left out stays';
      if (name === undefined && nameKo === undefined) throw new JikjiError('usage', 'a name is needed', id, hint);
      return async ({ tables, room, perform }) => {
        const what = oneOf(room.NAMED_THINGS, wanted, 'this has no name to change');
        const old = room.nameNow(tables, what, id);
        const after = titleOf(id, { name: name ?? old.en, nameKo: nameKo ?? old.ko });
        const mending = { what, id, name: after, ...(reason !== undefined && { reason }) };
        const done = await perform('mendName', mending);
        return {
          json: { ...mending, ...done },
          lines: [`${done.before.en} is now ${after.en} (entry ${done.seq})`],
        };
      };
    });
}
