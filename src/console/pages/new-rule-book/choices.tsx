// Choices that are bound to a path of the draft: one of a few, yes or no, any number of a few.

import { CheckBoxes } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import { useDraft } from './draft.ts';
import { type Bound, FieldAt, ProblemList } from './fields.tsx';
import type { Path } from './yaml-text.ts';

interface Options<T> {
  options: readonly { value: T; text: string }[];
  /** What counts if nothing is written. */
  fallback?: T;
}

/** A choice of the value at a path. */
export function ChoiceAt<T extends string | boolean>({ options, fallback, ...bound }: Bound & Options<T>) {
  const { valueAt, edit } = useDraft();
  const value = valueAt(bound.path) ?? fallback;
  const current = options.find((one) => one.value === value)?.value;
  return <ChoiceOf {...bound} options={options} current={current} on={(chosen) => edit(bound.path, chosen)} />;
}

/** A choice that is more than a value at a path: `on` applies it. */
export function ChoiceOf<T extends string | boolean>({
  options,
  current,
  on,
  ...bound
}: Bound & { options: Options<T>['options']; current: T | undefined; on: (value: T) => void }) {
  const { words } = useConsole();
  const at = options.findIndex((one) => one.value === current);
  return (
    <FieldAt {...bound}>
      {(attributes) => (
        <select
          {...attributes}
          value={String(at)}
          onChange={(event) => on(options[Number(event.currentTarget.value)]!.value)}
        >
          {at < 0 && <option value="-1">{words.newBook.notChosen}</option>}
          {options.map((option, i) => (
            <option key={option.text} value={String(i)}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </FieldAt>
  );
}

export function YesNoAt(bound: Bound & { fallback?: boolean }) {
  const w = useConsole().words.newBook;
  const options = [
    { value: true, text: w.yes },
    { value: false, text: w.no },
  ];
  return <ChoiceAt {...bound} options={options} />;
}

/** A list of names, of which any number is chosen. */
export function SetAt({
  path,
  label,
  options,
  fallback = [],
}: {
  path: Path;
  label: string;
  options: readonly { value: string; text: string }[];
  fallback?: readonly string[];
}) {
  const { valueAt, edit, problemsAt } = useDraft();
  const value = valueAt(path);
  const chosen = Array.isArray(value) ? value.map(String) : value === undefined ? [...fallback] : [];
  return (
    <fieldset class="at">
      <legend>{label}</legend>
      <div class="checks-list">
        <CheckBoxes options={options} chosen={chosen} onChosen={(list) => edit(path, list)} />
      </div>
      <ProblemList of={problemsAt(path, true)} />
    </fieldset>
  );
}
