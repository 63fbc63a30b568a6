// The runs of this machine: a table to filter, sort and select from; the curves of the selected runs in one picture; where their recipes differ. All
// that is chosen is in the address. A run that starts in a terminal appears by itself.

import { useEffect } from 'preact/hooks';
import { Command } from '../parts/elements.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useLastValue } from '../state/data.ts';
import { useObservable } from '../state/observable.ts';
import { navigate, pathOf, search } from '../state/router.ts';
import { type ChangeView, searchOfView, tablePath, viewOf } from '../state/run-view.ts';
import type { RunTable } from '../types.ts';
import { SelectedCurves } from './runs/curves.tsx';
import { Differences } from './runs/differences.tsx';
import { RunList } from './runs/list.tsx';
import { Selection } from './runs/selection.tsx';

/** Milliseconds between two fetches of the list, while the page is visible. */
const REFRESH_MS = 2000;
const ROWS = 50;

export default function Runs() {
  const { words } = useConsole();
  const w = words.runs;
  const view = viewOf(useObservable(search));
  const change: ChangeView = (part) =>
    // From the newest address: two changes may come before the next rendering.
    navigate(`${pathOf('runs', {})}${searchOfView({ ...viewOf(search.value), ...part })}`, 'replace');
  const data = useData<RunTable>(tablePath(view, ROWS));
  const last = useLastValue(data.value);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && data.again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [data.again]);
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded data={{ ...data, value: last }}>
        {(table) =>
          table.all === 0 ? (
            <Empty text={w.none} hint={w.noneHint}>
              <Command text="jikji make recipes/hello.yaml" />
            </Empty>
          ) : (
            <div class="stack">
              <RunList table={table} view={view} change={change} rows={ROWS} busy={data.value === undefined} />
              {view.selected.length > 0 && (
                <>
                  <Selection table={table} selected={view.selected} change={change} again={data.again} />
                  <SelectedCurves runs={table.chosen} view={view} change={change} />
                  <Differences runs={table.chosen} />
                </>
              )}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
