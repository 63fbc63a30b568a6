// One consortium: its members, its results by stage, its submissions, and the key of its runs.

import { useState } from 'preact/hooks';
import { wordFor } from '../../page-kit/index.ts';
import { JoinConsortium } from '../parts/consortium-form.tsx';
import { DialogButton } from '../parts/dialog.tsx';
import { ConsortiumState, Digest, Row, State, Table } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Lodgings } from '../parts/lodgings.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Rename } from '../parts/rename.tsx';
import { NoSubmission, Submissions } from '../parts/submissions.tsx';
import { WhyOut } from '../parts/why-out.tsx';
import { call } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { stageName } from '../state/names.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { ConsortiumPage, Lodgings as FoundLodgings, KeyNamed } from '../types.ts';

export default function Consortium({ programme, consortium }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.consortium;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const path = `${base}/consortia/${encodeURIComponent(consortium)}`;
  const data = useData<ConsortiumPage>(path);
  const key = data.value?.makerKey ?? null;
  const lodgings = useData<FoundLodgings>(key === null ? null : `${base}/lodgings?maker=${key}`);
  const renew = useThrottled(() => {
    data.again();
    lodgings.again();
  }, 500);
  useLive(data.value ? `${base}/events` : null, ['entries'], renew);
  const { viewer } = me;
  const own = viewer.role === 'office' || (viewer.role === 'consortium' && viewer.consortium === consortium);
  // A consortium that is out can submit nothing more.
  const mayName = own && data.value?.status === 'active';
  const real = !useIsRecord();
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={data.value ? format.title(data.value.name) : consortium}
      lead={data.value && <ConsortiumState status={data.value.status} />}
      actions={
        data.value &&
        viewer.role === 'office' &&
        real && <Rename base={base} what="consortium" id={consortium} name={data.value.name} onDone={data.again} />
      }
    >
      <Loaded data={data}>
        {(team) => (
          <div class="grid">
            <Section
              title={w.members}
              wide
              aside={
                viewer.role === 'office' &&
                real &&
                team.status === 'active' &&
                team.members !== 'not recorded' && (
                  <JoinConsortium base={base} consortium={consortium} team={team} onDone={data.again} />
                )
              }
            >
              <Members team={team} />
            </Section>
            <Section title={words.overview.stages}>
              {team.stages.length === 0 ? (
                <Empty text={real ? w.noStages : w.noStagesRecorded} />
              ) : (
                <ul class="rules">
                  {team.stages.map((stage) => (
                    <li key={stage.id}>
                      <div class="line">
                        <a href={pathOf('stage', { programme, stage: stage.id })}>{format.title(stage.title)}</a>
                        {stage.outcome === null ? (
                          <State of={stage.status} text={wordFor(words.status, stage.status)} />
                        ) : (
                          <State of={stage.outcome} text={words.stage[stage.outcome]} />
                        )}
                      </div>
                      <WhyOut programme={programme} stage={stage.id} of={stage} />
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            {real && (
              <Section title={w.makerKey}>
                {team.makerKey === null ? (
                  <Empty text={w.noKey} />
                ) : (
                  <p>
                    <Digest of={team.makerKey} copy={w.makerKey} />
                  </p>
                )}
                {mayName && (
                  <DialogButton label={w.nameKey} act="key" onDone={data.again}>
                    {(done) => <KeyForm path={`${path}/key`} done={done} />}
                  </DialogButton>
                )}
              </Section>
            )}
            {team.makerKey !== null && (
              <Section title={words.lodgings.title} lead={words.lodgings.lead} wide>
                <Loaded data={lodgings}>{(all) => <Lodgings curves found={all} empty={words.lodgings.none} />}</Loaded>
              </Section>
            )}
            <Section title={words.stage.submissions} wide>
              {team.submissions.length === 0 ? (
                <NoSubmission {...(mayName && real ? { hint: w.noSubmissionsHint } : {})} />
              ) : (
                <Submissions
                  programme={programme}
                  rows={team.submissions}
                  caption={words.stage.submissionsCaption}
                  beside={{
                    head: words.submission.stage,
                    of: ({ stage }) => (
                      <a href={pathOf('stage', { programme, stage })}>{stageName(team.stages, stage, format)}</a>
                    ),
                  }}
                />
              )}
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Members({ team }: { team: ConsortiumPage }) {
  const { words, format } = useConsole();
  const w = words.consortium;
  return (
    <>
      <Table caption={w.membersCaption} head={[w.organisation, words.organisations.country, w.roles]}>
        {membersOf(team).map((member) => (
          <Row
            key={member.id}
            cells={[
              { of: format.title(member.name), note: member.id === team.lead?.id && w.isLead },
              member.country === 'not recorded' ? words.common.notRecorded : format.country(member.country),
              <ul class="tags">
                {member.roles.map((role) => (
                  <li key={role}>{wordFor(words.chain, role)}</li>
                ))}
              </ul>,
            ]}
          />
        ))}
      </Table>
      {team.members === 'not recorded' ? (
        <p class="soft">{w.membersUnknown}</p>
      ) : (
        team.othersUnknown && <p class="soft">{w.membersMore}</p>
      )}
    </>
  );
}

/** The lead first, each organisation once. */
function membersOf({ lead, members }: ConsortiumPage) {
  const others = members === 'not recorded' ? [] : members;
  return lead === null ? others : [lead, ...others.filter(({ id }) => id !== lead.id)];
}

function KeyForm({ path, done }: { path: string; done: () => void }) {
  const { words, format } = useConsole();
  const [key, setKey] = useState('');
  const [warnings, setWarnings] = useState<KeyNamed['warnings']>([]);
  const action = useAction(async () => {
    const named = await call<KeyNamed>('PUT', path, { makerKey: key.trim().toLowerCase() });
    setWarnings(named.warnings);
    if (named.warnings.length === 0) done();
  });
  if (warnings.length > 0)
    return (
      <div class="stacked">
        <p>{words.consortium.keyExcludes}</p>
        <ul class="plainly">
          {warnings.map((warning) => (
            <li key={warning.en}>{warning[format.lang]}</li>
          ))}
        </ul>
        <button type="button" onClick={done}>
          {words.common.close}
        </button>
      </div>
    );
  return (
    <Form action={action} label={words.consortium.nameKey}>
      <TextField
        label={words.consortium.makerKey}
        hint={words.consortium.keyHint}
        pattern="\s*[0-9a-fA-F]{64}\s*"
        value={key}
        onValue={setKey}
        autocomplete="off"
        spellcheck={false}
      />
    </Form>
  );
}
