// The applications of a call in one table: each step with its points and result. Those that passed both become consortia, several at once.

import { useState } from 'preact/hooks';
import { wordFor } from '../../../page-kit/index.ts';
import { DialogButton } from '../../parts/dialog.tsx';
import { type Cell, Row, right, State, Table, Time } from '../../parts/elements.tsx';
import { Form } from '../../parts/form.tsx';
import { IdField } from '../../parts/name-fields.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { listIn, useKeptFields } from '../../state/kept-fields.ts';
import { pointsText } from '../../state/points.ts';
import { proposedId } from '../../state/proposed-id.ts';
import { useIsRecord } from '../../state/record.ts';
import { pathOf } from '../../state/router.ts';
import type { CallPage, Overview } from '../../types.ts';
import type { CallProps } from './props.ts';

type Application = CallPage['list'][number];

export function Applications({ programme, base, call, office, again }: CallProps) {
  const { words } = useConsole();
  const w = words.call;
  const isRecord = useIsRecord();
  const { field, reset } = useKeptFields(`${base}/calls/${call.id} selection`, { chosen: '' });
  const { chosen, onChosen } = listIn(field('chosen'));
  const ready = call.list.filter(({ status }) => status === 'presentation');
  const selected = ready.filter(({ id }) => chosen.includes(id));
  const canSelect = office && ready.length > 0;
  return (
    <Section title={w.applications} {...(canSelect ? { lead: w.canSelect } : {})}>
      {call.list.length === 0 ? (
        <Empty text={w.noApplications} />
      ) : (
        <Table
          caption={w.applicationsCaption}
          head={[
            w.application,
            isRecord ? w.receivedBy : w.received,
            w.steps.paper,
            w.steps.presentation,
            ...(!isRecord && call.list.some(({ files }) => files !== null) ? [right(w.files)] : []),
            w.result,
            ...(canSelect ? [<span class="hidden">{w.select}</span>] : []),
          ]}
        >
          {call.list.map((one) => (
            <Line
              key={one.id}
              programme={programme}
              of={one}
              choice={
                canSelect
                  ? {
                      isChosen: chosen.includes(one.id),
                      choose: (is) => onChosen([...chosen.filter((id) => id !== one.id), ...(is ? [one.id] : [])]),
                    }
                  : null
              }
            />
          ))}
        </Table>
      )}
      {canSelect && (
        <div class="buttons">
          <DialogButton
            label={w.select}
            primary
            hidden={selected.length === 0}
            onDone={() => {
              reset();
              again();
            }}
          >
            {(done) => <SelectForm base={base} call={call.id} selected={selected} done={done} />}
          </DialogButton>
          <Count of={selected.length} />
        </div>
      )}
    </Section>
  );
}

function Count({ of }: { of: number }) {
  const { words, format } = useConsole();
  return (
    <span class="soft" role="status">
      {of > 0 && words.call.chosen(format.count(of))}
    </span>
  );
}

interface Choice {
  isChosen: boolean;
  choose: (is: boolean) => void;
}

function Line({ programme, of, choice }: { programme: string; of: Application; choice: Choice | null }) {
  const { words, format } = useConsole();
  const w = words.call;
  const name = format.title(of.name);
  const isRecord = useIsRecord();
  const cells: Cell[] = [
    {
      of: <a href={pathOf('application', { programme, application: of.id })}>{name}</a>,
      note: w.lead(format.title(of.lead.name)),
    },
    { of: <Time of={of.received} />, note: of.late && <State of="late" text={w.late} /> },
    ...of.steps.map((step) => <Step key={step.step} of={step} />),
    ...(isRecord || of.files === null ? [] : [right(format.count(of.files))]),
    of.consortium ? (
      <a href={pathOf('consortium', { programme, consortium: of.consortium.id })}>{format.title(of.consortium.name)}</a>
    ) : (
      <State of={of.status} text={wordFor(words.overview.applicationSteps, of.status)} />
    ),
  ];
  if (choice)
    cells.push(
      of.status === 'presentation' ? (
        <input
          type="checkbox"
          aria-label={w.chooseOf(name)}
          checked={choice.isChosen}
          onChange={(event) => choice.choose(event.currentTarget.checked)}
        />
      ) : (
        ''
      ),
    );
  return <Row cells={cells} />;
}

function Step({ of: { passed, figures } }: { of: Application['steps'][number] }) {
  const { words, format } = useConsole();
  const w = words.call;
  const outcome = passed ? 'passed' : 'failed';
  return (
    <>
      {passed === null ? <span class="soft">–</span> : <State of={outcome} text={w.outcomes[outcome]} />}
      {figures && figures.mean !== null && (
        <small>{w.meanOf(pointsText(format, figures.mean), pointsText(format, figures.minimum))}</small>
      )}
      {figures && passed === null && (
        <small>{w.givenOf(format.count(figures.given), format.count(figures.reviewers))}</small>
      )}
    </>
  );
}

function SelectForm({
  base,
  call,
  selected,
  done,
}: {
  base: string;
  call: string;
  selected: Application[];
  done: () => void;
}) {
  const { words, format } = useConsole();
  const w = words.call;
  const overview = useData<Overview>(base);
  const [own, setOwn] = useState<Record<string, string>>({});
  const ids: Record<string, string> = {};
  for (const { id } of selected) {
    const taken = [...(overview.value?.consortia ?? []).map((one) => one.id), ...Object.values(ids)];
    ids[id] = own[id] ?? proposedId(id, taken, 'consortium');
  }
  const action = useAction(async () => {
    const pairs = selected.map(({ id }) => ({ application: id, consortium: ids[id] }));
    await post(`${base}/calls/${encodeURIComponent(call)}/selection`, { selected: pairs });
    done();
  });
  return (
    <Form action={action} label={w.select}>
      <p class="lead">{w.selectHint}</p>
      {selected.map(({ id, name }) => (
        <IdField
          key={id}
          label={w.idOf(format.title(name))}
          value={ids[id] ?? ''}
          onValue={(value) => setOwn((before) => ({ ...before, [id]: value }))}
        />
      ))}
    </Form>
  );
}
