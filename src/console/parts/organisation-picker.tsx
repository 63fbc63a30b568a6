// A field to choose organisations; a new one can be added beside it.

import { useConsole } from '../state/context.ts';
import type { Data } from '../state/data.ts';
import type { Organisations } from '../types.ts';
import { Failed } from './loaded.tsx';
import { NewOrganisation } from './organisation-form.tsx';
import { Picker } from './picker.tsx';

interface Picking {
  base: string;
  data: Data<Organisations>;
  label: string;
  optional?: boolean;
  many?: boolean;
  chosen: string[];
  onChosen: (chosen: string[]) => void;
  /** Ids that cannot be chosen here. */
  without?: readonly string[];
}

export function OrganisationPicker({ base, data, without = [], ...picking }: Picking) {
  const { format } = useConsole();
  const { chosen, onChosen, many } = picking;
  const all = data.value ?? [];
  return (
    <div class="with-new">
      <Failed of={data.failure} again={data.again} />
      <Picker
        {...picking}
        options={all
          .filter(({ id }) => !without.includes(id))
          .map(({ id, name }) => ({ id, text: format.title(name), note: id, words: [name.en, name.ko ?? ''] }))}
      />
      <NewOrganisation
        base={base}
        onDone={(id) => {
          data.again();
          onChosen(many ? [...chosen, id] : [id]);
        }}
      />
    </div>
  );
}
