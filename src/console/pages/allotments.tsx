// Allotments as a table that the office edits in place. All changes are looked at together and registered together.

import { useEffect, useState } from 'preact/hooks';
import { Failed, Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import {
  type AllotmentRow,
  csvOf,
  draftOf,
  isChanged,
  isComplete,
  rebased,
  rowsOf,
  withTable,
} from '../state/allotment-rows.ts';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { CheckedAllotments, ComputePage, Overview } from '../types.ts';
import { Checked } from './allotments/checked.tsx';
import { AllotmentTable } from './allotments/table.tsx';

/** Characters of a table. */
const MAX_TABLE = 200_000;

export default function Allotments({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.allotments;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<ComputePage>(`${base}/compute`);
  const overview = useData<Overview>(base);
  const isRecord = useIsRecord();
  const mayEdit = me.viewer.role === 'office' && !isRecord;
  return (
    <Page
      over={<a href={pathOf('compute', { programme })}>{words.nav.compute}</a>}
      title={w.title}
      lead={mayEdit ? w.lead : undefined}
    >
      <Loaded data={data}>
        {(page) => (
          <Loaded data={overview}>
            {({ consortia }) =>
              page.clusters.length === 0 || consortia.length === 0 ? (
                <Empty text={words.compute.needs} />
              ) : (
                <Edited base={base} page={page} consortia={consortia} mayEdit={mayEdit} again={data.again} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface EditedOptions {
  base: string;
  page: ComputePage;
  consortia: Overview['consortia'];
  mayEdit: boolean;
  again: () => void;
}

function Edited({ base, page, consortia, mayEdit, again }: EditedOptions) {
  const { words, format } = useConsole();
  const w = words.allotments;
  const [rows, setRows] = useState(() => rowsOf(page.allotments));
  const [checked, setChecked] = useState<CheckedAllotments>();
  const [done, setDone] = useState(0);
  const [large, setLarge] = useState(false);
  const changed = rows.filter(isChanged);
  const { allotments } = page;
  useEffect(() => setRows((typed) => rebased(typed, allotments)), [allotments]);
  const change = (next: AllotmentRow[]) => {
    setRows(next);
    setChecked(undefined);
    setDone(0);
  };
  const finish = (count: number) => {
    change(rows.filter(({ was }) => was)); // new ones come back as allotments in force
    setDone(count);
    again();
  };
  const check = useAction(async () => {
    setChecked(undefined);
    setChecked(await post(`${base}/allotments/check`, { allotments: changed.map(draftOf) }));
  });
  const take = useAction(async (file: File) => {
    setLarge(file.size > MAX_TABLE);
    if (file.size > MAX_TABLE) return;
    const found = await post<CheckedAllotments>(`${base}/allotments/check`, { table: await file.text() });
    change(withTable(rows, found.changes));
  });
  const isReady = changed.length > 0 && changed.every(isComplete);
  return (
    <div class="stack">
      <Section title={w.table}>
        {rows.length === 0 && <Empty text={w.none} />}
        <AllotmentTable rows={rows} page={page} consortia={consortia} onRows={mayEdit ? change : undefined} />
        {mayEdit && (
          <>
            <div class="field">
              <label for="allotments-table">{w.csv}</label>
              <input
                id="allotments-table"
                type="file"
                accept=".csv,.tsv,.txt,text/csv"
                aria-describedby="allotments-table-hint"
                onChange={async (event) => {
                  const input = event.currentTarget;
                  const [file] = input.files ?? [];
                  if (file) await take.run(file);
                  input.value = ''; // the same file can be picked again once it is mended
                }}
              />
              <p class="hint" id="allotments-table-hint">
                {w.csvHint}
              </p>
            </div>
            {large && <p class="notice bad">{w.csvTooLarge}</p>}
            <Failed of={take.failure} />
            <Failed of={check.failure} />
            <p role="status">
              {done > 0 && `${w.done(format.count(done))} `}
              {changed.length === 0 ? w.nothingChanged : w.changedRows(format.count(changed.length))}
              {changed.length > 0 && !isReady && ` ${w.incomplete}`}
            </p>
          </>
        )}
        <div class="buttons">
          {mayEdit && (
            <button
              type="button"
              class="primary"
              disabled={!isReady}
              aria-disabled={check.busy}
              onClick={() => void check.run()}
            >
              {check.busy ? words.common.working : w.check}
            </button>
          )}
          {page.allotments.length > 0 && (
            <a
              class="button"
              download="allotments.csv"
              href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(page.allotments))}`}
            >
              {w.save}
            </a>
          )}
        </div>
      </Section>
      {checked && <Checked found={checked} base={base} page={page} consortia={consortia} onDone={finish} />}
    </div>
  );
}
