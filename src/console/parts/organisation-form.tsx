// The form of a new organisation.

import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { listIn, useKeptFields } from '../state/kept-fields.ts';
import type { Organisations } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { CheckBoxes, Form } from './form.tsx';
import { Failed } from './loaded.tsx';
import { NewNameFields, titleOf, useNewName } from './name-fields.tsx';
import { Picker } from './picker.tsx';

interface Adding {
  base: string;
  /** Gets the id of the new one. */
  onDone: (id: string) => void;
}

export const NewOrganisation = ({ base, onDone }: Adding) => (
  <DialogButton label={useConsole().words.organisations.add} act="organisation">
    {(close) => (
      <OrganisationForm
        base={base}
        onDone={(id) => {
          onDone(id);
          close();
        }}
      />
    )}
  </DialogButton>
);

const NOT_RECORDED = 'not recorded';

function OrganisationForm({ base, onDone }: Adding) {
  const { words } = useConsole();
  const known = useData<Organisations>(`${base}/organisations`);
  const named = useNewName(`${base}/organisations`, { taken: known.value ?? [], or: 'organisation' });
  const { field, forget } = useKeptFields(`${base}/organisations`, { country: '', roles: '' });
  const country = listIn(field('country'));
  const roles = listIn(field('roles'));
  const action = useAction(async () => {
    const { id } = named.values;
    await post(`${base}/organisations`, {
      id,
      name: titleOf(named.values),
      country: country.chosen[0],
      roles: roles.chosen,
    });
    named.forget();
    forget();
    onDone(id);
  });
  return (
    <Form action={action} label={words.organisations.add}>
      <NewNameFields field={named.field} />
      <CountryPicker {...country} />
      <fieldset>
        <legend>{words.organisations.rolesOf}</legend>
        <div class="checks-list">
          <CheckBoxes options={Object.entries(words.chain).map(([value, text]) => ({ value, text }))} {...roles} />
        </div>
      </fieldset>
    </Form>
  );
}

/** Found by its name in both languages and its code. */
function CountryPicker(bound: { chosen: string[]; onChosen: (chosen: string[]) => void }) {
  const { words, format } = useConsole();
  const data = useData<string[]>('/countries');
  const [en, ko] = (['en', 'ko'] as const).map((lang) => new Intl.DisplayNames(lang, { type: 'region' }));
  const countries = (data.value ?? [])
    .map((code) => ({ id: code, text: format.country(code), words: [en!.of(code) ?? code, ko!.of(code) ?? code] }))
    .sort((a, b) => a.text.localeCompare(b.text, format.lang));
  return (
    <>
      <Failed of={data.failure} again={data.again} />
      <Picker
        label={words.organisations.country}
        options={[...countries, { id: NOT_RECORDED, text: words.common.notRecorded }]}
        {...bound}
      />
    </>
  );
}
