// Switches beside the picture: the largest suppliers and countries abroad, and whoever was chosen elsewhere on the page.

import { plain } from '../../../page-kit/index.ts';
import { useConsole } from '../../state/context.ts';
import { suggestedIn } from '../../state/flow-names.ts';
import type { FlowPicture } from '../../types.ts';
import type { Choosing } from './shared.ts';

export function Switches({
  picture,
  choice,
  choose,
  toggle,
  nameOf,
}: Choosing & {
  picture: FlowPicture;
  toggle: { supplier(id: string): void; country(code: string): void };
  nameOf(supplier: string): string;
}) {
  const { words, format } = useConsole();
  const w = words.flow;
  const suggested = suggestedIn(picture);
  const names = new Map(suggested.suppliers.map(({ id, name }) => [id, plain(format.title(name), 60)]));
  const suppliers = [...new Set([...names.keys(), ...choice.suppliers])];
  const countries = [...new Set([...suggested.countries, ...choice.countries])];
  const isChosen = choice.suppliers.length + choice.countries.length > 0;
  if (suppliers.length + countries.length === 0) return null;
  return (
    <fieldset class="fall-away">
      <legend>{w.switches}</legend>
      <p class="soft">{w.press}</p>
      <div class="buttons">
        {suppliers.map((id) => (
          <button
            key={id}
            type="button"
            aria-pressed={choice.suppliers.includes(id)}
            onClick={() => toggle.supplier(id)}
          >
            <bdi>{names.get(id) ?? nameOf(id)}</bdi>
          </button>
        ))}
        {countries.map((code) => (
          <button
            key={code}
            type="button"
            aria-pressed={choice.countries.includes(code)}
            onClick={() => toggle.country(code)}
          >
            {w.everythingFrom(format.country(code))}
          </button>
        ))}
        {isChosen && (
          <button type="button" onClick={() => choose({ suppliers: [], countries: [] })}>
            {words.whatIf.clear}
          </button>
        )}
      </div>
    </fieldset>
  );
}
