// Fields that are bound to a path of the draft, with the problems of their values.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { CheckBoxes, Field } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import type { Problem } from '../../types.ts';
import { useDraft } from './draft.ts';
import { CHOOSE, type Path } from './yaml-text.ts';

export function ProblemText({ of }: { of: Problem }) {
  const { words } = useConsole();
  const { codes } = words.connection;
  if (of.code === 'rule-book-choose') return <>{words.newBook.toChoose}</>;
  return (
    <>
      {Object.hasOwn(codes, of.code) && <>{codes[of.code]} </>}
      <span lang="en">
        {of.message}. {of.hint}
      </span>
    </>
  );
}

/** Problems beneath what they are about. */
export const ProblemList = ({ of, id }: { of: Problem[]; id?: string }) =>
  of.length === 0 ? null : (
    <ul class="problems" {...(id === undefined ? {} : { id })}>
      {of.map((problem) => (
        <li key={`${problem.code} ${problem.message}`}>
          <ProblemText of={problem} />
        </li>
      ))}
    </ul>
  );

interface Bound {
  path: Path;
  label: string;
  hint?: string;
  optional?: boolean;
}

type Attributes = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean };

/** A labelled field; problems of values inside its own are shown too. */
function FieldAt({ path, children, ...field }: Bound & { children: (attributes: Attributes) => ComponentChildren }) {
  const problems = useDraft().problemsAt(path, true);
  const id = useId();
  return (
    <div class="at">
      <Field {...field}>
        {(attributes) => {
          if (problems.length === 0) return children(attributes);
          const described = [attributes['aria-describedby'], id].filter(Boolean).join(' ');
          return children({ ...attributes, 'aria-invalid': true, 'aria-describedby': described });
        }}
      </Field>
      <ProblemList of={problems} id={id} />
    </div>
  );
}

const isChosen = (value: unknown): boolean => value !== undefined && value !== null && value !== CHOOSE;

export function TextAt({ lang, ...bound }: Bound & { lang?: string }) {
  const { valueAt, edit } = useDraft();
  const value = valueAt(bound.path);
  return (
    <FieldAt {...bound}>
      {(attributes) => (
        <input
          type="text"
          {...attributes}
          {...(lang === undefined ? {} : { lang })}
          spellcheck={false}
          autocomplete="off"
          value={isChosen(value) ? String(value) : ''}
          onInput={(event) => {
            const text = event.currentTarget.value;
            edit(bound.path, text === '' && bound.optional ? undefined : text);
          }}
        />
      )}
    </FieldAt>
  );
}

export const TitleAt = ({ path, label }: { path: Path; label: (lang: 'en' | 'ko') => string }) => (
  <>
    <TextAt path={[...path, 'en']} label={label('en')} />
    <TextAt path={[...path, 'ko']} label={label('ko')} optional lang="ko" />
  </>
);

/** Text that stands for a value while somebody types it. */
function useTyped(value: unknown, shown: string, parse: (text: string) => unknown) {
  const [typed, setTyped] = useState(shown);
  const own = useRef(value);
  // The value was changed elsewhere, in the YAML.
  useEffect(() => {
    if (JSON.stringify(own.current) !== JSON.stringify(value)) setTyped(shown);
    own.current = value;
  }, [value, shown]);
  const onTyped = (text: string): unknown => {
    setTyped(text);
    own.current = parse(text);
    return own.current;
  };
  return { typed, onTyped };
}

/** `fallback`: what counts if nothing is written. An emptied number that has none is to be chosen again. */
export function NumberAt({ fallback, ...bound }: Bound & { fallback?: number | string }) {
  const { valueAt, edit } = useDraft();
  const value = valueAt(bound.path);
  const empty = bound.optional ? undefined : CHOOSE;
  const { typed, onTyped } = useTyped(value, isChosen(value) ? String(value) : '', (text) =>
    text === '' ? empty : Number(text),
  );
  return (
    <FieldAt {...bound}>
      {(attributes) => (
        <input
          type="number"
          step="any"
          {...attributes}
          {...(fallback === undefined ? {} : { placeholder: String(fallback) })}
          value={typed}
          onInput={(event) => {
            // Half a number, such as a minus sign, is kept until it is one.
            if (event.currentTarget.validity.badInput) return;
            edit(bound.path, onTyped(event.currentTarget.value));
          }}
        />
      )}
    </FieldAt>
  );
}

/** A list of short words, with commas between them. */
export function ListAt({ change = (word) => word, ...bound }: Bound & { change?: (word: string) => string }) {
  const { valueAt, edit } = useDraft();
  const value = valueAt(bound.path);
  const words = Array.isArray(value) ? value.filter(isChosen) : [];
  const { typed, onTyped } = useTyped(value, words.join(', '), (text) =>
    text
      .split(/[,\s]+/)
      .filter((word) => word !== '')
      .map(change),
  );
  return (
    <FieldAt {...bound}>
      {(attributes) => (
        <input
          type="text"
          {...attributes}
          spellcheck={false}
          autocomplete="off"
          value={typed}
          onInput={(event) => edit(bound.path, onTyped(event.currentTarget.value))}
        />
      )}
    </FieldAt>
  );
}

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
