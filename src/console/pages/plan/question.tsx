// What is asked: the model, tokens, months, and up to four kinds of chips with their number and price.

import { useState } from 'preact/hooks';
import { Fold } from '../../parts/elements.tsx';
import { Choice, Field, TextArea } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { BOUNDS, fits, MAX_PLACES, OWN_CONFIG, type PlanPlace } from '../../state/plan-choice.ts';
import type { PlanChoices } from '../../types.ts';
import { Measure } from './measure.tsx';
import type { Choosing } from './shared.ts';

const TOKENS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 50_000];
const MONTHS = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 9, 12, 18, 24];
const COUNTS = Array.from({ length: 15 }, (_, i) => 2 ** i);
const SEQUENCES = Array.from({ length: 15 }, (_, i) => 2 ** i);
const SEQUENCE = Array.from({ length: 11 }, (_, i) => 2 ** (i + 10));

interface Asking extends Choosing {
  choices: PlanChoices;
  /** With the first chips, if none are chosen. */
  places: PlanPlace[];
}

export function Question({
  onConfig,
  ...asking
}: Asking & {
  /** The text of a config.json to plan. */
  onConfig(config: string): void;
}) {
  const { words, format } = useConsole();
  const w = words.plan;
  const { choice, choose, choices, places } = asking;
  const lacking = choices.chips.filter(({ lacks }) => lacks.length > 0);
  return (
    <Section title={w.question}>
      <div class="stacked">
        <Model {...asking} />
        {choice.model === OWN_CONFIG && <OwnConfig onConfig={onConfig} />}
        <div class="row">
          <Measure
            label={w.tokens}
            unit={w.billions}
            stops={TOKENS}
            bounds={BOUNDS.tokens}
            value={choice.tokens}
            text={w.tokensText(format.short(choice.tokens * 1e9))}
            onValue={(tokens) => choose({ tokens })}
          />
          <Measure
            label={w.months}
            unit={w.precisely}
            stops={MONTHS}
            bounds={BOUNDS.months}
            value={choice.months}
            text={w.monthsText(format.short(choice.months))}
            onValue={(months) => choose({ months })}
          />
        </div>
        {places.map((place, i) => (
          <Place
            key={i}
            number={i + 1}
            place={place}
            choices={choices}
            onPlace={(next) => choose({ on: places.map((one, j) => (j === i ? next : one)) })}
            onRemove={places.length > 1 ? () => choose({ on: places.filter((_, j) => j !== i) }) : undefined}
          />
        ))}
        {places.length < MAX_PLACES && (
          <p>
            <button type="button" onClick={() => choose({ on: [...places, nextPlace(asking)] })}>
              {w.add}
            </button>
          </p>
        )}
        {lacking.length > 0 && (
          <p class="soft">{w.cannot(format.list(lacking.map(({ name }) => format.title(name))))}</p>
        )}
        <Fold summary={w.more}>{() => <Batch {...asking} />}</Fold>
      </div>
    </Section>
  );
}

/** As many chips of the first kind that is not compared yet. */
function nextPlace({ choices, places }: Asking): PlanPlace {
  const plannable = choices.chips.filter(({ lacks }) => lacks.length === 0);
  const next = plannable.find(({ id }) => !places.some(({ chip }) => chip === id)) ?? plannable[0]!;
  return { chip: next.id, count: places.at(-1)!.count, price: null };
}

function Model({ choice, choose, choices }: Asking) {
  const { words, format } = useConsole();
  const w = words.plan;
  const { model } = choice;
  const isKnown = model === OWN_CONFIG || choices.models.some(({ name }) => name === model);
  return (
    <Field label={w.model}>
      {(attributes) => (
        <select {...attributes} value={model ?? ''} onChange={(event) => choose({ model: event.currentTarget.value })}>
          {/* What the address names and nobody knows: the answer says so. */}
          {!isKnown && <option value={model ?? ''}>{model}</option>}
          <optgroup label={w.models}>
            {choices.models.map(({ name, parameters }) => (
              <option key={name} value={name}>
                {w.modelText(name, format.short(parameters))}
              </option>
            ))}
          </optgroup>
          <option value={OWN_CONFIG}>{w.own}</option>
        </select>
      )}
    </Field>
  );
}

/** It is sent by a button: while somebody types it is no JSON. */
function OwnConfig({ onConfig }: { onConfig(config: string): void }) {
  const { words } = useConsole();
  const w = words.plan;
  const [config, write] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onConfig(config);
      }}
    >
      <TextArea
        label={w.config}
        hint={w.configHint}
        class="code"
        rows={8}
        spellcheck={false}
        value={config}
        onValue={write}
      />
      <div class="buttons">
        <button type="submit" class="primary">
          {w.readConfig}
        </button>
      </div>
    </form>
  );
}

function Place({
  number,
  place,
  choices,
  onPlace,
  onRemove,
}: {
  number: number;
  place: PlanPlace;
  choices: PlanChoices;
  onPlace(place: PlanPlace): void;
  onRemove: (() => void) | undefined;
}) {
  const { words, format } = useConsole();
  const w = words.plan;
  const plannable = choices.chips.filter(({ lacks }) => lacks.length === 0);
  const named = plannable.map(({ id, name }) => ({ value: id, text: format.title(name) }));
  const isKnown = plannable.some(({ id }) => id === place.chip);
  return (
    <fieldset class="plan-place">
      <legend>{w.chips(format.count(number))}</legend>
      <div class="row">
        <Choice
          label={w.chip}
          value={place.chip}
          options={isKnown ? named : [{ value: place.chip, text: nameOf(place.chip, choices, format.title) }, ...named]}
          onValue={(chip) => onPlace({ ...place, chip })}
        />
        <Measure
          label={w.count}
          unit={w.precisely}
          stops={COUNTS}
          bounds={BOUNDS.count}
          value={place.count}
          text={w.countText(format.count(place.count))}
          onValue={(count) => onPlace({ ...place, count })}
        />
        <Price price={place.price} onPrice={(price) => onPlace({ ...place, price })} />
      </div>
      {onRemove && (
        <p>
          <button type="button" onClick={onRemove}>
            {w.remove}
            <span class="hidden"> {w.chips(format.count(number))}</span>
          </button>
        </p>
      )}
    </fieldset>
  );
}

/** It keeps what is typed until it is a price, or empty. */
function Price({ price, onPrice }: { price: number | null; onPrice(price: number | null): void }) {
  const { words } = useConsole();
  const w = words.plan;
  const [typed, type] = useState<string>();
  return (
    <Field label={w.price} hint={w.priceHint} optional>
      {(attributes) => (
        <input
          {...attributes}
          type="number"
          min={BOUNDS.price.least}
          max={BOUNDS.price.most}
          step="any"
          value={typed ?? (price === null ? '' : String(price))}
          onInput={(event) => {
            const { value, valueAsNumber, validity } = event.currentTarget;
            type(value);
            if (value === '' && !validity.badInput) onPrice(null);
            else if (fits(valueAsNumber, BOUNDS.price)) onPrice(valueAsNumber);
          }}
          onBlur={() => type(undefined)}
        />
      )}
    </Field>
  );
}

type Chip = PlanChoices['chips'][number];
const nameOf = (id: string, { chips }: PlanChoices, title: (name: Chip['name']) => string): string => {
  const chip = chips.find((one) => one.id === id);
  return chip ? title(chip.name) : id;
};

function Batch({ choice, choose }: Asking) {
  const { words, format } = useConsole();
  const w = words.plan;
  const { usual, ...formats } = w.precisions;
  const options = Object.entries({ '': usual, ...formats }).map(([value, text]) => ({ value, text }));
  return (
    <div class="row">
      <Measure
        label={w.sequence}
        unit={w.precisely}
        stops={SEQUENCE}
        bounds={BOUNDS.sequence}
        value={choice.sequence}
        text={w.tokensText(format.count(choice.sequence))}
        onValue={(sequence) => choose({ sequence })}
      />
      <Measure
        label={w.sequences}
        unit={w.precisely}
        stops={SEQUENCES}
        bounds={BOUNDS.sequences}
        value={choice.sequences}
        text={format.count(choice.sequences)}
        onValue={(sequences) => choose({ sequences })}
      />
      <Choice
        label={w.precision}
        value={choice.precision ?? ''}
        options={options}
        onValue={(precision) => choose({ precision: (precision || null) as typeof choice.precision })}
      />
    </div>
  );
}
