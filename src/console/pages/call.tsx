// Calls of a programme, and one of them open: what it says, its applications, and the selection.

import { Fact, Facts, wordFor } from '../../page-kit/index.ts';
import { Declaration } from '../parts/declaration.tsx';
import { DialogButton } from '../parts/dialog.tsx';
import { Row, right, State, Table, Time } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Rename } from '../parts/rename.tsx';
import { Written } from '../parts/written.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { useObservable } from '../state/observable.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf, search } from '../state/router.ts';
import type { CallPage, Calls, Title } from '../types.ts';
import { Applications } from './call/applications.tsx';
import { CloseCall, OpenCall, ReceiveApplication } from './call/forms.tsx';
import type { CallProps } from './call/props.ts';

export default function CallsPage({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.call;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<Calls>(`${base}/calls`);
  const asked = new URLSearchParams(useObservable(search)).get('call');
  const newest = data.value?.toReversed() ?? [];
  // The one of the address; else one that is open, else the newest.
  const chosen = asked ?? (newest.find(({ status }) => status === 'open') ?? newest[0])?.id ?? null;
  const call = useData<CallPage>(chosen === null ? null : `${base}/calls/${encodeURIComponent(chosen)}`);
  const again = useThrottled(() => {
    data.again();
    call.again();
  }, 400);
  useLive(data.value ? `${base}/events` : null, ['entries'], again);
  const isRecord = useIsRecord();
  const office = me.viewer.role === 'office' && !isRecord;
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={words.nav.call}
      actions={office && data.value && <OpenCall programme={programme} base={base} calls={data.value} onDone={again} />}
    >
      <Loaded data={data}>
        {(calls) => (
          <div class="stack">
            {calls.length === 0 && <Empty text={w.none} hint={office ? w.noneHint : w.nonePublic} />}
            {newest.length > 1 && <List programme={programme} calls={newest} chosen={chosen} />}
            {chosen !== null && (
              <Loaded data={call}>
                {(page) => <Shown programme={programme} base={base} call={page} office={office} again={again} />}
              </Loaded>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

const sumOf = (applications: Record<string, number>) =>
  Object.values(applications).reduce((sum, count) => sum + count, 0);

function Until({ of }: { of: Pick<CallPage, 'until' | 'status'> }) {
  const { words } = useConsole();
  const w = words.call;
  const isRecord = useIsRecord();
  if (of.until === null) return isRecord ? words.common.notRecorded : w.noUntil;
  return (
    <>
      <Time of={of.until} />
      {of.status === 'open' && Date.parse(of.until) < Date.now() && <small class="warn-text">{w.ended}</small>}
    </>
  );
}

function List({ programme, calls, chosen }: { programme: string; calls: Calls; chosen: string | null }) {
  const { words, format } = useConsole();
  const w = words.call;
  return (
    <Section title={w.calls}>
      <Table caption={w.callsCaption} head={[w.call, words.common.status, w.until, right(w.applications)]}>
        {calls.map((call) => (
          <Row
            key={call.id}
            cells={[
              <a
                href={`${pathOf('call', { programme })}?${new URLSearchParams({ call: call.id })}`}
                aria-current={call.id === chosen ? 'true' : undefined}
              >
                {format.title(call.title)}
              </a>,
              <State of={call.status} text={wordFor(words.status, call.status)} />,
              <Until of={call} />,
              right(format.count(sumOf(call.applications))),
            ]}
          />
        ))}
      </Table>
    </Section>
  );
}

function Shown({ programme, base, call, office, again }: CallProps) {
  const { words, format } = useConsole();
  const w = words.call;
  const isOpen = call.status === 'open';
  const isRecord = useIsRecord();
  return (
    <>
      <Section
        title={format.title(call.title)}
        aside={office && <Rename base={base} what="call" id={call.id} name={call.title} onDone={again} />}
      >
        <Facts>
          <Fact name={words.common.status}>
            <State of={call.status} text={wordFor(words.status, call.status)} />
          </Fact>
          {/* A record of which nothing says until when has no such fact: its call had a time, and nobody knows it here. */}
          {!(isRecord && call.until === null) && (
            <Fact name={w.until}>
              <Until of={call} />
            </Fact>
          )}
          {call.ruleBook && (
            <Fact name={w.ruleBook}>
              <a href={pathOf('ruleBook', { programme, digest: call.ruleBook.digest })}>
                {format.title(call.ruleBook.title)}, {words.stage.version(format.count(call.ruleBook.version))}
              </a>
            </Fact>
          )}
        </Facts>
        {call.text !== null && (
          <p class="doc">
            <Written text={call.text} lines />
          </p>
        )}
        {office && isOpen && (
          <div class="buttons">
            <ReceiveApplication programme={programme} base={base} call={call} onDone={again} />
            <CloseCall base={base} call={call} onDone={again} />
          </div>
        )}
      </Section>
      <Interests base={base} call={call} again={again} />
      <Applications programme={programme} base={base} call={call} office={office} again={again} />
    </>
  );
}

/** For an expert: he declares before he sees files or gives points, and may add to it later. */
function Interests({ base, call, again }: Pick<CallProps, 'base' | 'call' | 'again'>) {
  const { words, format, me } = useConsole();
  const own = words.experts;
  if (me.viewer.role !== 'expert' || call.list.length === 0) return null;
  const path = `${base}/calls/${encodeURIComponent(call.id)}`;
  const form = (
    <Declaration path={path} of="applications" organisations={call.applicants} things={call.list} renew={again} />
  );
  if (!call.declared) return <Section title={own.declaration}>{form}</Section>;
  const { organisations, applications } = call.declared;
  const named = call.list.filter(({ id }) => applications.includes(id));
  const listed = (all: readonly { name: Title }[]) =>
    all.length === 0 ? own.noInterest : format.list(all.map(({ name }) => format.title(name)));
  return (
    <Section title={own.declaration}>
      <p>{own.declared(listed(organisations), listed(named))}</p>
      <div class="buttons">
        <DialogButton label={own.declareMore} onDone={again}>
          {() => form}
        </DialogButton>
      </div>
    </Section>
  );
}
