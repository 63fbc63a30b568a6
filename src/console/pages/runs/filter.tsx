// The filter of the table of runs: words, a state, a tag.

import { useEffect, useState } from 'preact/hooks';
import { plain } from '../../../page-kit/index.ts';
import { Choice, TextField } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import { useThrottled } from '../../state/data.ts';
import { type ChangeView, type RunView, STATES } from '../../state/run-view.ts';
import type { RunTable } from '../../types.ts';

/** Milliseconds between two requests while somebody types. */
const TYPING_MS = 250;

export function Filter({ table, view, change }: { table: RunTable; view: RunView; change: ChangeView }) {
  const { words, format } = useConsole();
  const own = words.runTable;
  const [typed, type] = useState(view.text);
  const [sent, send] = useState(view.text);
  // A link or the back button may change the address from elsewhere.
  useEffect(() => {
    if (view.text !== sent) {
      type(view.text);
      send(view.text);
    }
  }, [view.text]);
  const apply = useThrottled(() => {
    send(typed);
    change({ text: typed, page: 1 });
  }, TYPING_MS);
  const tags =
    table.tags.some(({ tag }) => tag === view.tag) || view.tag === ''
      ? table.tags
      : [{ tag: view.tag, runs: 0 }, ...table.tags];
  return (
    <search class="row" aria-label={own.filter}>
      <TextField
        label={own.text}
        hint={own.textHint}
        optional
        value={typed}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        onValue={(text) => {
          type(text);
          apply();
        }}
      />
      <Choice
        label={words.common.status}
        value={view.state}
        options={[
          { value: '', text: own.anyState },
          ...STATES.map((state) => ({ value: state, text: words.status[state] })),
        ]}
        onValue={(state) => change({ state, page: 1 })}
      />
      {tags.length > 0 && (
        <Choice
          label={own.tag}
          value={view.tag}
          options={[
            { value: '', text: own.anyTag },
            ...tags.map(({ tag, runs }) => ({ value: tag, text: own.tagCount(plain(tag), format.count(runs)) })),
          ]}
          onValue={(tag) => change({ tag, page: 1 })}
        />
      )}
    </search>
  );
}
