// An expert's form: points for every team and criterion. A draft survives a reload of the tab until the form is sealed.

import { useRef, useState } from 'preact/hooks';
import { Facts } from '../../../page-kit/index.ts';
import { Declaration } from '../../parts/declaration.tsx';
import { DialogButton } from '../../parts/dialog.tsx';
import { Digest, DigestFact, Table } from '../../parts/elements.tsx';
import { Choice, Form, TextArea } from '../../parts/form.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import { keep, kept } from '../../state/session.ts';
import type { BlankForm, Receipt } from '../../types.ts';
import type { StageProps } from './props.ts';

const formPath = (path: string, part: string) => `${path}/form?part=${encodeURIComponent(part)}`;

export function ExpertForm({ path, stage, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.form;
  const parts = stage.parts.filter(({ kind }) => kind === 'forms');
  const [chosen, choose] = useState('');
  const part = chosen || parts[0]?.path;
  const data = useData<BlankForm>(part === undefined ? null : formPath(path, part));
  return (
    <div class="stacked">
      <p class="lead">{w.lead}</p>
      {parts.length > 1 && (
        <Choice
          label={words.stage.part}
          value={part ?? ''}
          options={parts.map((one) => ({ value: one.path, text: format.title(one.title) }))}
          onValue={choose}
        />
      )}
      <Loaded data={data}>
        {(blank) => {
          const state = blank.given === null ? blank.state : 'open';
          if (state === 'undeclared')
            return (
              <Declaration
                path={path}
                of="teams"
                organisations={blank.organisations}
                things={blank.teams}
                renew={data.again}
              />
            );
          if (state !== 'open') return <p>{words.experts.states[state]}</p>;
          return <Blank key={blank.part} stage={stage.id} blank={blank} path={path} again={again} renew={data.again} />;
        }}
      </Loaded>
    </div>
  );
}

/** What the form cannot take into account if it is sealed now: asked for anew, since it may have come while the expert wrote. */
function Lacking({ path, blank }: { path: string; blank: BlankForm }) {
  const { words, format } = useConsole();
  const { lacking } = useData<BlankForm>(formPath(path, blank.part)).value ?? blank;
  if (lacking.length === 0) return null;
  return (
    <div class="notice">
      <p>{words.form.tooEarly}</p>
      <ul>
        {lacking.map((text) => (
          <li key={text.en}>{format.title(text)}</li>
        ))}
      </ul>
    </div>
  );
}

interface Draft {
  marks: Record<string, string>;
  comment: string;
}

const EMPTY: Draft = { marks: {}, comment: '' };
function stored(key: string): Draft {
  const { marks, comment } = (kept(key) ?? {}) as Partial<Draft>;
  return typeof marks === 'object' && marks !== null && typeof comment === 'string' ? { marks, comment } : EMPTY;
}

/** A submitted form with its proof. */
type Sealed = { stage: string; part: string } & Receipt & {
    form: { scores: Record<string, Record<string, number>>; comment?: string };
  };

/** The same file as `jikji program form --receipt` writes. */
const fileOf = (receipt: Sealed): string =>
  `data:application/json;charset=utf-8,${encodeURIComponent(`${JSON.stringify(receipt, null, 2)}\n`)}`;

const isMark = (text: string | undefined, max: number): boolean =>
  text !== undefined && text.trim() !== '' && Number(text) >= 0 && Number(text) <= max;

const nameOfMark = (team: string, criterion: string) => `${team} ${criterion}`;

function Blank({
  stage,
  blank,
  path,
  again,
  renew,
}: {
  stage: string;
  blank: BlankForm;
  path: string;
  again: () => void;
  renew: () => void;
}) {
  const { words, format, me } = useConsole();
  const w = words.form;
  const key = `form ${me.viewer.user} ${path} ${blank.part}`;
  const [draft, show] = useState(() => stored(key));
  // Saved at once: closing the tab loses nothing.
  const latest = useRef(draft);
  const change = (part: Partial<Draft>) => {
    latest.current = { ...latest.current, ...part };
    keep(key, latest.current);
    show(latest.current);
  };
  const [receipt, setReceipt] = useState<Sealed>();
  const seal = useAction(async () => {
    const scores = Object.fromEntries(
      blank.teams.map((team) => [
        team.id,
        Object.fromEntries(
          blank.criteria.map((criterion) => [criterion.id, Number(draft.marks[nameOfMark(team.id, criterion.id)])]),
        ),
      ]),
    );
    const comment = draft.comment.trim();
    const form = { scores, ...(comment === '' ? {} : { comment }) };
    const given = await post<Receipt>(`${path}/forms`, { part: blank.part, ...form });
    setReceipt({ stage, part: blank.part, ...given, form });
    keep(key, null);
    renew();
    again();
  });
  if (receipt)
    return (
      <div class="notice good" role="status">
        <div class="stacked">
          <p>
            <strong>{w.sealed}</strong> {w.keep}
          </p>
          <Facts>
            <DigestFact name={words.stage.commitment} of={receipt.commitment} />
            <DigestFact name={w.nonce} of={receipt.nonce} />
          </Facts>
          <p>
            <a class="button" href={fileOf(receipt)} download={`${receipt.id}.json`}>
              {w.receipt}
            </a>
          </p>
        </div>
      </div>
    );
  if (blank.given)
    return (
      <p>
        {w.given} {words.stage.commitment}: <Digest of={blank.given} copy={words.stage.commitment} />
      </p>
    );
  const missing = blank.teams.flatMap((team) =>
    blank.criteria.filter(({ id, points }) => !isMark(draft.marks[nameOfMark(team.id, id)], points)),
  ).length;
  return (
    <div class="stacked">
      <Table
        caption={format.title(blank.title)}
        shown
        class="marks"
        head={[w.criterion, ...blank.teams.map(({ name }) => format.title(name))]}
      >
        {blank.criteria.map((criterion) => (
          <tr key={criterion.id}>
            <th scope="row">
              {format.title(criterion.title)}
              <small>{words.common.ofPoints(format.short(criterion.points))}</small>
            </th>
            {blank.teams.map((team) => {
              const name = nameOfMark(team.id, criterion.id);
              return (
                <td key={team.id}>
                  <input
                    class="mark"
                    type="number"
                    min={0}
                    max={criterion.points}
                    step="any"
                    required
                    aria-label={w.mark(
                      format.title(team.name),
                      format.title(criterion.title),
                      format.short(criterion.points),
                    )}
                    value={draft.marks[name] ?? ''}
                    onInput={(event) =>
                      change({ marks: { ...latest.current.marks, [name]: event.currentTarget.value } })
                    }
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </Table>
      <TextArea label={w.comment} optional value={draft.comment} onValue={(comment) => change({ comment })} />
      <p class="hint">{w.kept}</p>
      {missing === 0 ? (
        <div>
          <DialogButton label={w.seal} primary>
            {() => (
              <Form action={seal} label={w.seal}>
                <Lacking path={path} blank={blank} />
                <p>{w.confirm}</p>
              </Form>
            )}
          </DialogButton>
        </div>
      ) : (
        <p class="soft">{w.missing(format.count(missing))}</p>
      )}
    </div>
  );
}
