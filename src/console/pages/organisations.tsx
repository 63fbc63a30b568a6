// All organisations of a programme: country, part in the value chain, consortia. The office adds them here and corrects their names.

import { useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { Row, Table } from '../parts/elements.tsx';
import { TextField } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { NewOrganisation } from '../parts/organisation-form.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Rename } from '../parts/rename.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { useObservable } from '../state/observable.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf, search } from '../state/router.ts';
import type { Organisations } from '../types.ts';

/** More of them can be searched. */
const MANY = 8;

export default function OrganisationsPage({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.organisations;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<Organisations>(`${base}/organisations`);
  useLive(data.value ? `${base}/events` : null, ['entries'], data.again);
  const isRecord = useIsRecord();
  const office = me.viewer.role === 'office' && !isRecord;
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={words.nav.organisations}
      lead={w.lead}
      actions={office && <NewOrganisation base={base} onDone={data.again} />}
    >
      <Loaded data={data}>
        {(all) =>
          all.length === 0 ? (
            <Empty text={w.none} {...(office ? { hint: w.noneHint } : {})} />
          ) : (
            <List programme={programme} base={base} all={all} office={office} again={data.again} />
          )
        }
      </Loaded>
    </Page>
  );
}

function List({
  programme,
  base,
  all,
  office,
  again,
}: {
  programme: string;
  base: string;
  all: Organisations;
  office: boolean;
  again: () => void;
}) {
  const { words, format } = useConsole();
  const w = words.organisations;
  // `?find=` names what to begin with: the search leads here.
  const asked = new URLSearchParams(useObservable(search)).get('find') ?? '';
  const [wanted, setWanted] = useState(asked);
  const text = wanted.trim().normalize('NFC').toLowerCase();
  const isSearched = all.length > MANY || asked !== '';
  const shown = all.filter(
    ({ id, name }) => !isSearched || [id, name.en, name.ko ?? ''].some((one) => one.toLowerCase().includes(text)),
  );
  return (
    <Section title={w.caption}>
      {isSearched && <TextField label={w.find} optional value={wanted} onValue={setWanted} />}
      <Table
        caption={w.caption}
        head={[
          w.organisation,
          w.country,
          w.rolesOf,
          w.consortia,
          ...(office ? [<span class="hidden">{words.consortium.rename}</span>] : []),
        ]}
      >
        {shown.map(({ id, name, country, roles, consortia }) => (
          <Row
            key={id}
            cells={[
              { of: format.title(name), note: <code>{id}</code> },
              country === 'not recorded' ? words.common.notRecorded : format.country(country),
              <ul class="tags">
                {roles.map((role) => (
                  <li key={role}>{wordFor(words.chain, role)}</li>
                ))}
              </ul>,
              consortia.length === 0 ? (
                <span class="soft">{w.noConsortium}</span>
              ) : (
                <ul class="tags">
                  {consortia.map((one) => (
                    <li key={one.id}>
                      <a href={pathOf('consortium', { programme, consortium: one.id })}>{format.title(one.name)}</a>
                    </li>
                  ))}
                </ul>
              ),
              ...(office
                ? [
                    <Rename
                      base={base}
                      what="organisation"
                      id={id}
                      name={name}
                      onDone={again}
                      class="plain"
                      face={
                        <>
                          {words.consortium.rename}
                          <span class="hidden"> {w.renameOf(format.title(name))}</span>
                        </>
                      }
                    />,
                  ]
                : []),
            ]}
          />
        ))}
      </Table>
    </Section>
  );
}
