// Fields that are bound to a path of the draft, with the problems of their values.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Field } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import { sentence } from '../../state/sentence.ts';
import type { Problem } from '../../types.ts';
import { useDraft } from './draft.ts';
import { CHOOSE, type Path } from './yaml-text.ts';

/** A problem of a rule book's text, in the language of the page. */
export function ProblemText({ of }: { of: Problem }) {
  const { words, format } = useConsole();
  if (of.code === 'rule-book-choose') return <>{words.newBook.toChoose}</>;
  const { message, hint } = (format.lang === 'ko' && of.ko) || of;
  return (
    <>
      {sentence(message)} {sentence(hint)}
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

/** The problems of a value that has no field itself, only its members have. */
export const ProblemsOf = ({ path }: { path: Path }) => <ProblemList of={useDraft().problemsAt(path)} />;

export interface Bound {
  path: Path;
  label: string;
  hint?: string;
  optional?: boolean;
}

type Attributes = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean };

/** A labelled field; problems of values inside its own are shown too. */
export function FieldAt({
  path,
  children,
  ...field
}: Bound & { children: (attributes: Attributes) => ComponentChildren }) {
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

export function TitleAt({ path, label }: { path: Path; label: (lang: 'en' | 'ko') => string }) {
  return (
    <>
      <TextAt path={[...path, 'en']} label={label('en')} />
      <div>
        <TextAt path={[...path, 'ko']} label={label('ko')} optional lang="ko" />
        <ProblemsOf path={path} />
      </div>
    </>
  );
}

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
