// A list of names to choose from, with a search. Chosen names stay visible during a search.

import { useState } from 'preact/hooks';
import { CheckBoxes } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';

export interface Choosable {
  id: string;
  text: string;
  note: string;
}

/** The most names shown at a time. */
const MAX_SHOWN = 60;

export function Choose({
  legend,
  items,
  chosen,
  onChosen,
}: {
  legend: string;
  items: Choosable[];
  chosen: string[];
  onChosen: (chosen: string[]) => void;
}) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const [sought, seek] = useState('');
  const wanted = sought.trim().toLocaleLowerCase();
  const found = items.filter(
    ({ id, text, note }) =>
      chosen.includes(id) || [id, text, note].some((name) => name.toLocaleLowerCase().includes(wanted)),
  );
  const shown = found.filter(({ id }, i) => i < MAX_SHOWN || chosen.includes(id));
  return (
    <fieldset class="pick">
      <legend>{legend}</legend>
      <input
        type="search"
        aria-label={w.search(legend)}
        placeholder={w.search(legend)}
        autocomplete="off"
        spellcheck={false}
        value={sought}
        onInput={(event) => seek(event.currentTarget.value)}
      />
      <div class="pick-list">
        <CheckBoxes
          options={shown.map(({ id, text, note }) => ({
            value: id,
            text: (
              <span>
                {text} {note !== '' && <small>{note}</small>}
              </span>
            ),
          }))}
          chosen={chosen}
          onChosen={onChosen}
        />
        {found.length === 0 && <p class="soft">{w.noMatch}</p>}
        {found.length > shown.length && <p class="soft">{w.more(format.count(found.length - shown.length))}</p>}
      </div>
    </fieldset>
  );
}
