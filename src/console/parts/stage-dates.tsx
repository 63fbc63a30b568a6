// The dates of a stage: facts for everybody, and the form with which the office announces them.

import { Fact } from '../../page-kit/index.ts';
import { call } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { useKeptFields } from '../state/kept-fields.ts';
import type { Dates, StagePage, Title } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Time } from './elements.tsx';
import { Form, TextField } from './form.tsx';
import { NameFields, titleOf, UNNAMED } from './name-fields.tsx';

const MOMENTS = ['opens', 'closes', 'appealsUntil'] as const;

const SHOWN: Record<StagePage['status'] | 'announced', readonly (typeof MOMENTS)[number][]> = {
  announced: MOMENTS,
  open: ['closes', 'appealsUntil'],
  closed: ['appealsUntil'],
  decided: ['appealsUntil'],
  final: [],
  recorded: [],
};

/** Announced moments that are still of interest; nothing where none is. `status`: of a stage that was opened. */
export function DateFacts({ dates, status }: { dates: Dates; status?: StagePage['status'] }) {
  const { words } = useConsole();
  return MOMENTS.filter((name) => SHOWN[status ?? 'announced'].includes(name)).map((name) => {
    const moment = dates[name];
    return (
      moment !== null && (
        <Fact key={name} name={words.dates[name]}>
          <Time of={moment} />
        </Fact>
      )
    );
  });
}

const DAYS_FOR_APPEALS = 14;
const DAY_MS = 86_400_000;

/** An end of appeals to propose: what is announced, or else two weeks after the announced close, or after now if that is over. */
export function proposedAppeals({ closes, appealsUntil }: Dates, now: number): string {
  if (appealsUntil !== null && Date.parse(appealsUntil) > now) return appealsUntil;
  const from = Math.max(now, closes === null ? 0 : Date.parse(closes));
  return new Date(from + DAYS_FOR_APPEALS * DAY_MS).toISOString();
}

/** The end of appeals that goes with the text of the field of the close; empty without one. */
function appealsAfter(closes: string): string {
  const ends = Date.parse(closes) + DAYS_FOR_APPEALS * DAY_MS;
  return Number.isNaN(ends) ? '' : localText(new Date(ends).toISOString());
}

/** A moment as the field of the browser writes it, in the reader's time zone. */
export function localText(iso: string | null): string {
  if (iso === null) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** A moment in UTC. One that was not changed keeps its seconds. */
export function momentOf(text: string, before: string | null): string | null {
  if (text === '') return null;
  return text === localText(before) ? before : new Date(text).toISOString();
}

interface Dated {
  id: string;
  dates: Dates;
}

interface Setting {
  base: string;
  onDone: () => void;
}

/** The dates of a stage that is open, or was announced. `title`: of an announced one. */
export const SetDates = ({ base, stage, title, onDone }: Setting & { stage: Dated; title?: Title }) => (
  <DialogButton label={useConsole().words.dates.set} act="dates" onDone={onDone}>
    {(done) => <DatesForm base={base} stage={stage} {...(title ? { title } : {})} done={done} />}
  </DialogButton>
);

/** Announces a stage that is not open yet. */
export const AnnounceStage = ({ base, id, onDone }: Setting & { id: string }) => (
  <DialogButton label={useConsole().words.dates.announce} act="announce" onDone={onDone}>
    {(done) => (
      <DatesForm
        base={base}
        stage={{ id, dates: { opens: null, closes: null, appealsUntil: null } }}
        isNew
        done={done}
      />
    )}
  </DialogButton>
);

interface Filled {
  base: string;
  stage: Dated;
  title?: Title;
  isNew?: boolean;
  done: () => void;
}

function DatesForm({ base, stage, title, isNew = false, done }: Filled) {
  const { words } = useConsole();
  const w = words.dates;
  const { dates } = stage;
  // The proposed id of a new stage changes with the stages of others.
  const path = `${base}/stages${isNew ? '' : `/${encodeURIComponent(stage.id)}`}/dates`;
  const { values, field, forget, isOutdated } = useKeptFields(path, {
    ...UNNAMED,
    id: stage.id,
    opens: localText(dates.opens),
    closes: localText(dates.closes),
    appealsUntil: localText(dates.appealsUntil),
  });
  const action = useAction(async () => {
    const moments = MOMENTS.map((name) => [name, momentOf(values[name], dates[name])]);
    const name = isNew ? { title: titleOf(values) } : title ? { title } : {};
    await call('PUT', `${base}/stages/${encodeURIComponent(values.id)}/dates`, {
      ...Object.fromEntries(moments),
      ...name,
    });
    forget();
    done();
  });
  const { closes } = values;
  const ofClose = {
    value: closes,
    onValue(next: string) {
      field('closes').onValue(next);
      // The proposal follows the close until somebody changes it.
      if (dates.appealsUntil === null && values.appealsUntil === appealsAfter(closes))
        field('appealsUntil').onValue(appealsAfter(next));
    },
  };
  return (
    <Form action={action} label={isNew ? w.announce : w.set}>
      {isOutdated && !isNew && <p class="notice warn">{words.common.outdated}</p>}
      <p class="lead">{w.lead}</p>
      {isNew && <NameFields field={field} title />}
      {MOMENTS.map((name) => (
        <MomentField key={name} label={w[name]} {...(name === 'closes' ? ofClose : field(name))} />
      ))}
    </Form>
  );
}

/** A field for a moment in the reader's time zone; empty: not announced. */
export function MomentField(bound: { label: string; value: string; onValue: (value: string) => void }) {
  const { words } = useConsole();
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return <TextField {...bound} hint={words.dates.zone(zone)} type="datetime-local" optional />;
}
