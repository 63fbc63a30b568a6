// Fields for the lead and the members of a team.

import { useConsole } from '../state/context.ts';
import { type Data, useData } from '../state/data.ts';
import { listIn, useKeptFields } from '../state/kept-fields.ts';
import type { Organisations } from '../types.ts';
import { OrganisationPicker } from './organisation-picker.tsx';

interface Team {
  base: string;
  data: Data<Organisations>;
  lead: string[];
  members: string[];
  setLead: (chosen: string[]) => void;
  setMembers: (chosen: string[]) => void;
  forget: () => void;
  /** As the API takes it. */
  value: { lead: string | undefined; members: string[] };
}

/** Kept for the path of the API that the team is sent to. */
export function useTeam(base: string, path: string): Team {
  const data = useData<Organisations>(`${base}/organisations`);
  const { field, forget } = useKeptFields(`${path} team`, { lead: '', members: '' });
  const { chosen: lead, onChosen: setLead } = listIn(field('lead'));
  const { chosen: members, onChosen: setMembers } = listIn(field('members'));
  const value = { lead: lead[0], members: members.filter((one) => one !== lead[0]) };
  return { base, data, lead, members, setLead, setMembers, forget, value };
}

export function TeamFields({ base, data, lead, members, setLead, setMembers }: Team) {
  const w = useConsole().words.organisations;
  return (
    <>
      <OrganisationPicker base={base} data={data} label={w.leadOf} chosen={lead} onChosen={setLead} />
      <OrganisationPicker
        base={base}
        data={data}
        label={w.members}
        many
        optional
        without={lead}
        chosen={members}
        onChosen={setMembers}
      />
    </>
  );
}
