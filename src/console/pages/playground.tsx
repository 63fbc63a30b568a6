// The playground of a run's model, beside another one if one is chosen. The choice stands in the address; what is written does not.

import { useId } from 'preact/hooks';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { Playground } from '../parts/playground.tsx';
import { type Named, namesOf } from '../parts/run-name.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useObservable } from '../state/observable.ts';
import { navigate, pathOf, search } from '../state/router.ts';
import type { PlaygroundModel } from '../state/turns.ts';
import type { Card, RunDetail, RunInfo } from '../types.ts';

const apiPath = (run: string): string => `/runs/${encodeURIComponent(run)}`;

/** A run's model; undefined while it loads or if there is none. A run that is not finished has no card. */
function useModel(run: string | null, nameOf: (run: Named) => string) {
  const detail = useData<RunDetail>(run && apiPath(run));
  const isFinished = detail.value?.state === 'finished';
  const card = useData<Card>(run && isFinished ? `${apiPath(run)}/model` : null);
  const { value } = detail;
  const isReady = value?.model && (!isFinished || card.value || card.failure);
  const model: PlaygroundModel | undefined = isReady
    ? {
        name: value.name,
        label: nameOf(value),
        path: apiPath(value.id),
        folder: isFinished ? value.folder : null,
        tuned: card.value?.tuned === true,
        givesReceipts: true,
      }
    : undefined;
  return { detail, model };
}

export default function PlaygroundPage({ run: id }: Record<string, string>) {
  const { words } = useConsole();
  const w = words.playground;
  const other = new URLSearchParams(useObservable(search)).get('beside');
  const runs = useData<RunInfo[]>('/runs').value ?? [];
  const nameOf = (run: Named) => namesOf([...runs.filter((one) => one.id !== run.id), run]).get(run.id)!;
  const first = useModel(id, nameOf);
  const second = useModel(other, nameOf);
  const { value, failure } = second.detail;
  const isPending = other !== null && !second.model && !failure && value?.model !== false;
  const name = first.detail.value ? nameOf(first.detail.value) : id;
  const here = pathOf('playground', { run: id });
  return (
    <Page
      over={<a href={pathOf('run', { run: id })}>{name}</a>}
      title={w.title(name)}
      lead={w.lead}
      actions={<Beside id={id} other={other} here={here} runs={runs} />}
    >
      <Loaded data={first.detail}>
        {({ model, state }) =>
          model ? (
            <div class="card">
              {state !== 'finished' && <p class="notice warn">{w.unfinished}</p>}
              {other !== null && failure && <Loaded data={second.detail}>{() => null}</Loaded>}
              {other !== null && value?.model === false && <p class="notice warn">{w.noSecond}</p>}
              {first.model && <Models of={[first.model, second.model]} waits={isPending} />}
            </div>
          ) : (
            <Empty text={w.none} hint={state === 'running' ? w.noneYet : w.noneHint}>
              <p>
                <a href={pathOf('run', { run: id })}>{words.model.toRun}</a>
              </p>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function Models({
  of: [first, second],
  waits,
}: {
  of: [PlaygroundModel, PlaygroundModel | undefined];
  waits: boolean;
}) {
  return <Playground key={first.path} models={second ? [first, second] : [first]} focus waits={waits} />;
}

/** Chooses a second model. */
function Beside({ id, other, here, runs }: { id: string; other: string | null; here: string; runs: RunInfo[] }) {
  const w = useConsole().words.playground;
  const select = useId();
  const names = namesOf(runs);
  const others = runs.filter((one) => one.id !== id && one.state === 'finished' && !one.witnessed);
  if (others.length === 0 && other === null) return null;
  return (
    <div class="inline">
      <label for={select}>{w.beside}</label>
      <select
        id={select}
        value={other ?? ''}
        onChange={({ currentTarget: { value } }) =>
          navigate(value === '' ? here : `${here}?${new URLSearchParams({ beside: value })}`, 'replace')
        }
      >
        <option value="">{w.nobody}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {names.get(one.id)}
          </option>
        ))}
      </select>
    </div>
  );
}
