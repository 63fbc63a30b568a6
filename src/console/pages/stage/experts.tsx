// The experts of a stage: who rates which part, what they declared, whose forms are given; the office assigns and releases them.

import { DialogButton } from '../../parts/dialog.tsx';
import { Row, State, Table } from '../../parts/elements.tsx';
import { Choice, Form } from '../../parts/form.tsx';
import { Failed, Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { Person, StagePage } from '../../types.ts';
import type { StageProps } from './props.ts';

type Expert = StagePage['experts'][number];

export function Experts(props: StageProps) {
  const { words, me, format } = useConsole();
  const w = words.experts;
  const { stage, nameOf, path, again } = props;
  const parts = stage.parts.filter(({ kind }) => kind === 'forms');
  const mayAssign = me.viewer.role === 'office' && stage.status === 'open';
  const partName = (wanted: string): string => {
    const part = parts.find((one) => one.path === wanted);
    return part ? format.title(part.title) : wanted;
  };
  return (
    <div class="stacked">
      {stage.experts.length === 0 ? (
        <Empty text={w.none} />
      ) : (
        <Table caption={w.caption} head={[words.stage.expert, w.parts, w.interests, words.stage.forms]}>
          {stage.experts.map((expert) => (
            <Row
              key={expert.expert}
              cells={[
                expert.expert,
                <Parts expert={expert} partName={partName} path={mayAssign ? path : null} again={again} />,
                <Interests of={expert.interests} nameOf={nameOf} />,
                expert.given.length === 0 ? '–' : format.list(expert.given.map(partName)),
              ]}
            />
          ))}
        </Table>
      )}
      {mayAssign && (
        <div>
          <DialogButton label={w.assign} act="assign" onDone={again}>
            {(done) => <Assign {...props} done={done} />}
          </DialogButton>
        </div>
      )}
    </div>
  );
}

interface PartsOptions {
  expert: Expert;
  partName: (path: string) => string;
  /** Null: nobody is released. */
  path: string | null;
  again: () => void;
}

function Parts({ expert, partName, path, again }: PartsOptions) {
  const { words } = useConsole();
  const release = useAction(async (part: string) => {
    await post(`${path}/experts/${encodeURIComponent(expert.expert)}/release`, { part });
    again();
  });
  if (expert.assigned.length === 0) return <span class="soft">{words.experts.notAssigned}</span>;
  return (
    <>
      <ul class="plainly">
        {expert.assigned.map((part) => (
          <li key={part}>
            {partName(part)}{' '}
            {path !== null && !expert.given.includes(part) && (
              <button type="button" class="plain" aria-disabled={release.busy} onClick={() => release.run(part)}>
                {words.experts.release}
              </button>
            )}
          </li>
        ))}
      </ul>
      <Failed of={release.failure} />
    </>
  );
}

function Interests({ of, nameOf }: { of: Expert['interests']; nameOf: (id: string) => string }) {
  const { words, format } = useConsole();
  const w = words.experts;
  if (of === null) return <span class="soft">{w.undeclared}</span>;
  if (of.teams.length === 0) return <State of="kept" text={w.noInterest} />;
  return (
    <>
      <State of="out" text={w.interested} />
      <small>
        {format.list(of.teams.map(nameOf))}
        {of.organisation && `, ${format.title(of.organisation)}`}
      </small>
    </>
  );
}

function Assign({ programme, stage, path, done }: StageProps & { done: () => void }) {
  const { words, format } = useConsole();
  const w = words.experts;
  const people = useData<Person[]>('/users');
  const parts = stage.parts.filter(({ kind }) => kind === 'forms');
  const { values, field, forget } = useKeptFields(`${path}/experts`, { expert: '', part: parts[0]?.path ?? '' });
  const assign = useAction(async () => {
    await post(`${path}/experts`, { expert: values.expert || experts[0]?.user, part: values.part });
    forget();
    done();
  });
  const experts = (people.value ?? []).filter(
    (person) => person.role === 'expert' && person.programme === programme && !person.blocked,
  );
  return (
    <Loaded data={people}>
      {() =>
        experts.length === 0 ? (
          <Empty text={w.nobody}>
            <a href="/people">{words.nav.people}</a>
          </Empty>
        ) : (
          <Form action={assign} label={w.assign}>
            <p class="lead">{w.assignLead}</p>
            <Choice
              label={words.stage.expert}
              {...field('expert')}
              options={experts.map(({ user, name }) => ({ value: user, text: `${name} (${user})` }))}
            />
            <Choice
              label={words.stage.part}
              {...field('part')}
              options={parts.map((part) => ({ value: part.path, text: format.title(part.title) }))}
            />
          </Form>
        )
      }
    </Loaded>
  );
}
