// Forms of consortia: a new one without a call, and an organisation that joins one.

import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { listIn, useKeptFields } from '../state/kept-fields.ts';
import type { ConsortiumPage, Organisations, Overview } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Form } from './form.tsx';
import { NewNameFields, titleOf, useNewName } from './name-fields.tsx';
import { OrganisationPicker } from './organisation-picker.tsx';
import { TeamFields, useTeam } from './team-fields.tsx';

interface Forming {
  base: string;
  onDone: () => void;
}

export const FormConsortium = ({ base, onDone }: Forming) => (
  <DialogButton label={useConsole().words.overview.formConsortium} onDone={onDone}>
    {(done) => <ConsortiumForm base={base} done={done} />}
  </DialogButton>
);

function ConsortiumForm({ base, done }: { base: string; done: () => void }) {
  const { words } = useConsole();
  const overview = useData<Overview>(base);
  const named = useNewName(`${base}/consortia`, { taken: overview.value?.consortia ?? [], or: 'consortium' });
  const team = useTeam(base, `${base}/consortia`);
  const action = useAction(async () => {
    await post(`${base}/consortia`, { id: named.values.id, name: titleOf(named.values), ...team.value });
    named.forget();
    team.forget();
    done();
  });
  return (
    <Form action={action} label={words.overview.formConsortium}>
      <NewNameFields field={named.field} />
      <TeamFields {...team} />
    </Form>
  );
}

interface Joining {
  base: string;
  consortium: string;
  team: ConsortiumPage;
  onDone: () => void;
}

export const JoinConsortium = ({ onDone, ...joining }: Joining) => (
  <DialogButton label={useConsole().words.organisations.join} onDone={onDone}>
    {(done) => <JoinForm {...joining} done={done} />}
  </DialogButton>
);

function JoinForm({ base, consortium, team, done }: Omit<Joining, 'onDone'> & { done: () => void }) {
  const w = useConsole().words.organisations;
  const data = useData<Organisations>(`${base}/organisations`);
  const path = `${base}/consortia/${encodeURIComponent(consortium)}/members`;
  const { field, forget } = useKeptFields(path, { organisation: '' });
  const { chosen, onChosen } = listIn(field('organisation'));
  const action = useAction(async () => {
    await post(path, { organisation: chosen[0] });
    forget();
    done();
  });
  const members = team.members === 'not recorded' ? [] : team.members;
  return (
    <Form action={action} label={w.join}>
      <OrganisationPicker
        base={base}
        data={data}
        label={w.organisation}
        without={[...members.map(({ id }) => id), ...(team.lead ? [team.lead.id] : [])]}
        chosen={chosen}
        onChosen={onChosen}
      />
    </Form>
  );
}
