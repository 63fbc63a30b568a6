// Forms of the office: new organisations, consortia and stages.

import { useState } from 'preact/hooks';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { navigate, pathOf } from '../state/router.ts';
import type { Overview, RuleBookRow, Title } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Choice, Form, idPattern, TextArea, TextField } from './form.tsx';
import { Failed } from './loaded.tsx';
import { Empty } from './page.tsx';

interface NameInput {
  id: string;
  en: string;
  ko: string;
}
const UNNAMED: NameInput = { id: '', en: '', ko: '' };
const titleOf = ({ en, ko }: NameInput): Title => (ko.trim() === '' ? { en } : { en, ko });

function NameFields({ of, onValue, title }: { of: NameInput; onValue: (of: NameInput) => void; title?: boolean }) {
  const { words } = useConsole();
  const { common, overview } = words;
  return (
    <>
      <TextField
        label={common.id}
        hint={common.idHint}
        pattern={idPattern}
        value={of.id}
        onValue={(id) => onValue({ ...of, id })}
        autocomplete="off"
        spellcheck={false}
      />
      <div class="row">
        <TextField
          label={title ? overview.titleEn : common.nameEn}
          value={of.en}
          onValue={(en) => onValue({ ...of, en })}
        />
        <TextField
          label={title ? overview.titleKo : common.nameKo}
          optional
          lang="ko"
          value={of.ko}
          onValue={(ko) => onValue({ ...of, ko })}
        />
      </div>
    </>
  );
}

interface Adding {
  base: string;
  onDone: () => void;
}

export function NewOrganisation(adding: Adding) {
  const { words } = useConsole();
  return (
    <DialogButton label={words.overview.addOrganisation}>
      {(close) => <OrganisationForm {...adding} close={close} />}
    </DialogButton>
  );
}

function OrganisationForm({ base, onDone, close }: Adding & { close: () => void }) {
  const { words } = useConsole();
  const w = words.overview;
  const [name, setName] = useState(UNNAMED);
  const [country, setCountry] = useState('');
  const [roles, setRoles] = useState<string[]>([]);
  const action = useAction(async () => {
    await post(`${base}/organisations`, { id: name.id, name: titleOf(name), country, roles });
    onDone();
    close();
  });
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.addOrganisation}>
      <NameFields of={name} onValue={setName} />
      <TextField
        label={w.country}
        hint={w.countryHint}
        pattern="[A-Z]{2}"
        maxLength={2}
        value={country}
        onValue={(text) => setCountry(text.toUpperCase())}
      />
      <fieldset>
        <legend>{w.rolesOf}</legend>
        <div class="checks-list">
          {Object.entries(words.chain).map(([role, text]) => (
            <label key={role}>
              <input
                type="checkbox"
                checked={roles.includes(role)}
                onChange={(event) =>
                  setRoles(event.currentTarget.checked ? [...roles, role] : roles.filter((one) => one !== role))
                }
              />
              {text}
            </label>
          ))}
        </div>
      </fieldset>
    </Form>
  );
}

export function FormConsortium(adding: Adding) {
  const { words } = useConsole();
  return (
    <DialogButton label={words.overview.formConsortium}>
      {(close) => <ConsortiumForm {...adding} close={close} />}
    </DialogButton>
  );
}

function ConsortiumForm({ base, onDone, close }: Adding & { close: () => void }) {
  const { words } = useConsole();
  const w = words.overview;
  const [name, setName] = useState(UNNAMED);
  const [lead, setLead] = useState('');
  const [members, setMembers] = useState('');
  const action = useAction(async () => {
    const ids = members.split(/[\s,]+/).filter((id) => id !== '');
    await post(`${base}/consortia`, { id: name.id, name: titleOf(name), lead, members: ids });
    onDone();
    close();
  });
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.formConsortium}>
      <NameFields of={name} onValue={setName} />
      <TextField label={w.leadOf} pattern={idPattern} value={lead} onValue={setLead} spellcheck={false} />
      <TextArea label={w.membersOf} optional value={members} onValue={setMembers} spellcheck={false} />
    </Form>
  );
}

export function OpenStage(opening: Adding & { programme: string; overview: Overview }) {
  const { words } = useConsole();
  return (
    <DialogButton
      label={words.overview.openStage}
      primary
      hidden={opening.overview.stages.some(({ status }) => status !== 'final')}
    >
      {(close) => <StageForm {...opening} close={close} />}
    </DialogButton>
  );
}

function StageForm({
  programme,
  base,
  overview,
  onDone,
  close,
}: Adding & { programme: string; overview: Overview; close: () => void }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const books = useData<RuleBookRow[]>(`${base}/rule-books`);
  const [name, setName] = useState({ ...UNNAMED, id: `stage-${overview.stages.length + 1}` });
  const [book, setBook] = useState('');
  const [teams, setTeams] = useState<string[]>([]);
  const [opened, setOpened] = useState<{ id: string; warnings: string[] }>();
  const newest = books.value?.toSorted((a, b) => b.registeredSeq - a.registeredSeq) ?? [];
  const chosen = book || newest[0]?.digest;
  const action = useAction(async () => {
    const done = await post<{ id: string; warnings: string[] }>(`${base}/stages`, {
      id: name.id,
      title: titleOf(name),
      ...(chosen ? { ruleBook: chosen } : {}),
      ...(teams.length > 0 ? { consortia: teams } : {}),
    });
    onDone();
    if (done.warnings.length > 0) return setOpened(done);
    close();
    navigate(pathOf('stage', { programme, stage: done.id }));
  });
  if (opened)
    return (
      <div class="stacked">
        <p>{w.warnings}</p>
        <ul class="plainly" lang="en">
          {opened.warnings.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <a href={pathOf('stage', { programme, stage: opened.id })}>{opened.id}</a>
      </div>
    );
  if (books.value?.length === 0)
    return (
      <Empty text={words.books.none} hint={w.noStagesHint}>
        <a href={pathOf('ruleBooks', { programme })}>{words.nav.ruleBooks}</a>
      </Empty>
    );
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.openStage}>
      <Failed of={books.failure} again={books.again} />
      <NameFields of={name} onValue={setName} title />
      <Choice
        label={w.ruleBookOf}
        value={chosen ?? ''}
        options={newest.map((row) => ({
          value: row.digest,
          text: `${format.title(row.title)} (${row.name}, ${words.stage.version(format.count(row.version))})`,
        }))}
        onValue={setBook}
      />
      <fieldset>
        <legend>{w.stageConsortia}</legend>
        <div class="checks-list">
          {overview.consortia
            .filter(({ status }) => status === 'active')
            .map(({ id, name: title }) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={teams.includes(id)}
                  onChange={(event) =>
                    setTeams(event.currentTarget.checked ? [...teams, id] : teams.filter((one) => one !== id))
                  }
                />
                {format.title(title)}
              </label>
            ))}
        </div>
        <p class="hint">{w.stageConsortiaHint}</p>
      </fieldset>
    </Form>
  );
}
