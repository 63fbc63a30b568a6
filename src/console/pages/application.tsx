// One application: who applies, its files, and the two steps with reviewers' points and results.

import { Fact, Facts, wordFor } from '../../page-kit/index.ts';
import { DialogButton } from '../parts/dialog.tsx';
import { Row, right, State, Table, Time } from '../parts/elements.tsx';
import { Form } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Rename } from '../parts/rename.tsx';
import { SentFiles, useFiles } from '../parts/sent-files.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useStoppableAction, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { ApplicationPage } from '../types.ts';
import { Step } from './application/step.tsx';

export default function Application({ programme, application }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.application;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const path = `${base}/applications/${encodeURIComponent(application)}`;
  const data = useData<ApplicationPage>(path);
  const again = useThrottled(data.again, 400);
  // What was sent with an application is nothing that a record could hold.
  const isRecord = useIsRecord();
  useLive(data.value ? `${base}/events` : null, ['entries'], again);
  const office = me.viewer.role === 'office' && !isRecord;
  const call = data.value?.call;
  return (
    <Page
      over={
        <a href={`${pathOf('call', { programme })}${call ? `?${new URLSearchParams({ call: call.id })}` : ''}`}>
          {call ? format.title(call.title) : words.nav.call}
        </a>
      }
      title={data.value ? format.title(data.value.name) : application}
      lead={
        data.value && (
          <State of={data.value.status} text={wordFor(words.overview.applicationSteps, data.value.status)} />
        )
      }
      actions={
        data.value &&
        office && <Rename base={base} what="application" id={application} name={data.value.name} onDone={again} />
      }
    >
      <Loaded data={data}>
        {(page) => (
          <div class="grid">
            {page.standing === 'undeclared' && (
              <p class="notice warn wide">
                <a href={`${pathOf('call', { programme })}?${new URLSearchParams({ call: page.call.id })}`}>
                  {words.experts.toDeclare}
                </a>
              </p>
            )}
            {page.standing === 'interested' && <p class="notice wide">{words.experts.interestedHere}</p>}
            <About programme={programme} page={page} />
            {page.files && !isRecord && (
              <Section
                title={w.files}
                lead={w.filesLead}
                aside={
                  office &&
                  page.status !== 'selected' &&
                  page.status !== 'rejected' && (
                    <DialogButton label={w.addFiles} onDone={again}>
                      {(done) => <FilesForm base={base} application={application} done={done} />}
                    </DialogButton>
                  )
                }
              >
                {page.files.length === 0 ? <Empty text={w.noFiles} /> : <FileTable path={path} files={page.files} />}
              </Section>
            )}
            {page.steps.map((step) => (
              <Step
                key={step.step}
                path={path}
                step={step}
                office={office}
                mayRate={page.standing === 'open'}
                again={again}
              />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function About({ programme, page }: { programme: string; page: ApplicationPage }) {
  const { words, format } = useConsole();
  const w = words.application;
  const isRecord = useIsRecord();
  return (
    <Section title={w.about}>
      <Facts>
        <Fact name={isRecord ? words.call.receivedBy : words.call.received}>
          <Time of={page.received} />
          {page.late && (
            <>
              {' '}
              <State of="late" text={words.call.late} />
            </>
          )}
        </Fact>
        {page.consortium && (
          <Fact name={w.became}>
            <a href={pathOf('consortium', { programme, consortium: page.consortium.id })}>
              {format.title(page.consortium.name)}
            </a>
          </Fact>
        )}
      </Facts>
      <Table
        caption={w.members}
        shown
        head={[words.organisations.organisation, words.organisations.country, words.organisations.rolesOf]}
      >
        {page.everybody.map(({ id, name, country, roles }) => (
          <Row
            key={id}
            cells={[
              { of: format.title(name), note: id === page.lead.id && words.consortium.isLead },
              country === 'not recorded' ? words.common.notRecorded : format.country(country),
              <ul class="tags">
                {roles.map((role) => (
                  <li key={role}>{wordFor(words.chain, role)}</li>
                ))}
              </ul>,
            ]}
          />
        ))}
      </Table>
      {page.members === null ? (
        <p class="soft">{words.consortium.membersUnknown}</p>
      ) : (
        page.othersUnknown && <p class="soft">{words.consortium.membersMore}</p>
      )}
    </Section>
  );
}

function FilesForm({ base, application, done }: { base: string; application: string; done: () => void }) {
  const files = useFiles(base);
  const action = useStoppableAction(async (signal) => {
    await files.send(application, signal);
    done();
  });
  return (
    <Form action={action} label={useConsole().words.application.addFiles}>
      <SentFiles files={files} action={action} required />
    </Form>
  );
}

function FileTable({ path, files }: { path: string; files: NonNullable<ApplicationPage['files']> }) {
  const { words, format } = useConsole();
  const w = words.application;
  return (
    <Table
      caption={w.filesCaption}
      head={[w.file, right(words.common.size), w.added, <span class="hidden">{w.save}</span>]}
    >
      {files.map(({ name, bytes, sha256, added, late }) => (
        <Row
          key={sha256}
          cells={[
            { of: <span class="breaks">{name}</span>, note: <code title={sha256}>SHA-256 {sha256.slice(0, 12)}</code> },
            right(format.bytes(bytes)),
            { of: <Time of={added} />, note: late && <State of="late" text={words.call.late} /> },
            <a class="button" href={`/api${path}/files/${sha256}`} download={name} aria-label={w.saveWhich(name)}>
              {w.save}
            </a>,
          ]}
        />
      ))}
    </Table>
  );
}
