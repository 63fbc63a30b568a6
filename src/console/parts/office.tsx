// The form that opens a stage.

import { useState } from 'preact/hooks';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { listIn, useKeptFields } from '../state/kept-fields.ts';
import { isOver } from '../state/lanes.ts';
import { navigate, pathOf } from '../state/router.ts';
import type { LackingToOpen, OpenedStage, Overview, RuleBookRow } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { CheckBoxes, Choice, Form } from './form.tsx';
import { Failed } from './loaded.tsx';
import { NameFields, titleOf, UNNAMED } from './name-fields.tsx';
import { Empty } from './page.tsx';
import { Said } from './written.tsx';

interface Opening {
  programme: string;
  base: string;
  overview: Overview;
  onDone: () => void;
}

export const OpenStage = (opening: Opening) => (
  <DialogButton
    act="open"
    label={useConsole().words.overview.openStage}
    primary
    hidden={opening.overview.stages.some(({ status }) => !isOver(status))}
  >
    {(close) => <StageForm {...opening} close={close} />}
  </DialogButton>
);

/** What the stage would lack, before it is opened: the act stands in the log for good. */
function Lacking({ programme, of }: { programme: string; of: LackingToOpen['lacking'] }) {
  const { words, format } = useConsole();
  const w = words.overview;
  return (
    <div class="notice warn">
      <div>
        <p>{w.lacking}</p>
        <ul class="plainly">
          {of.map(({ consortium, text }) => (
            <li key={consortium}>
              <a href={pathOf('consortium', { programme, consortium })}>{format.title(text)}</a>
            </li>
          ))}
        </ul>
        <p>{w.lackingHint}</p>
      </div>
    </div>
  );
}

function StageForm({ programme, base, overview, onDone, close }: Opening & { close: () => void }) {
  const { words, format } = useConsole();
  const w = words.overview;
  const books = useData<RuleBookRow[]>(`${base}/rule-books`);
  const { values, field, forget } = useKeptFields(`${base}/stages`, {
    ...UNNAMED,
    id: `stage-${overview.stages.length + 1}`,
    ...{ book: '', teams: '' },
  });
  const teams = listIn(field('teams'));
  const [opened, setOpened] = useState<OpenedStage>();
  const newest = books.value?.toSorted((a, b) => b.registeredSeq - a.registeredSeq) ?? [];
  const chosen = values.book || newest[0]?.digest;
  const asked = useData<LackingToOpen>(chosen ? `${base}/opening?ruleBook=${chosen}` : null);
  const lacking = (asked.value?.lacking ?? []).filter(
    ({ consortium }) => teams.chosen.length === 0 || teams.chosen.includes(consortium),
  );
  const action = useAction(async () => {
    const done = await post<OpenedStage>(`${base}/stages`, {
      id: values.id,
      title: titleOf(values),
      ...(chosen ? { ruleBook: chosen } : {}),
      ...(teams.chosen.length > 0 ? { consortia: teams.chosen } : {}),
    });
    forget();
    onDone();
    // What stood in the form before need not be said again.
    if (done.warnings.some((line) => !lacking.some(({ text }) => text.en === line))) return setOpened(done);
    close();
    navigate(pathOf('stage', { programme, stage: done.id }));
  });
  if (opened)
    return (
      <div class="stacked">
        <p>{w.warnings}</p>
        <ul class="plainly">
          {opened.warnings.map((line, i) => (
            <li key={line}>
              <Said en={line} ko={opened.warningsKo?.[i]} />
            </li>
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
    <Form action={action} label={w.openStage}>
      <Failed of={books.failure} again={books.again} />
      <NameFields field={field} title />
      <Choice
        label={words.books.name}
        {...field('book')}
        value={chosen ?? ''}
        options={newest.map((row) => ({
          value: row.digest,
          text: `${format.title(row.title)} (${row.name}, ${words.stage.version(format.count(row.version))})`,
        }))}
      />
      <fieldset>
        <legend>{w.stageConsortia}</legend>
        <div class="checks-list">
          <CheckBoxes
            options={overview.consortia
              .filter(({ status }) => status === 'active')
              .map(({ id, name }) => ({ value: id, text: format.title(name) }))}
            {...teams}
          />
        </div>
        <p class="hint">{w.stageConsortiaHint}</p>
      </fieldset>
      <Failed of={asked.failure} again={asked.again} />
      <div role="status">{lacking.length > 0 && <Lacking programme={programme} of={lacking} />}</div>
    </Form>
  );
}
