// Parts of forms: a labelled field with its hint, buttons that show when they are busy. Fields keep their text when an action fails.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Failure } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { Failed } from './loaded.tsx';

interface FieldOptions {
  label: string;
  hint?: string;
  optional?: boolean;
}

/** Attributes of an input element. */
interface InputOptions {
  type?: 'text' | 'password' | 'number' | 'date';
  min?: number;
  max?: number;
  step?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  disabled?: boolean;
  autocomplete?: string;
  autocapitalize?: string;
  spellcheck?: boolean;
  lang?: string;
  class?: string;
  'aria-invalid'?: boolean;
}

type InputAttributes = { id: string; 'aria-describedby'?: string };

export function Field({
  label,
  hint,
  optional,
  children,
}: FieldOptions & { children: (attributes: InputAttributes) => ComponentChildren }) {
  const { words } = useConsole();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="soft"> ({words.common.optional})</span>}
      </label>
      {children(hint ? { id, 'aria-describedby': `${id}-hint` } : { id })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  optional,
  value,
  onValue,
  ...more
}: FieldOptions & { value: string; onValue: (value: string) => void } & InputOptions) {
  return (
    <Field label={label} {...(hint ? { hint } : {})} {...(optional ? { optional } : {})}>
      {(attributes) => (
        <input
          type="text"
          required={!optional}
          {...(more as object)}
          {...attributes}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  optional,
  value,
  onValue,
  rows = 4,
  ...more
}: FieldOptions & { value: string; onValue: (value: string) => void; rows?: number } & InputOptions) {
  return (
    <Field label={label} {...(hint ? { hint } : {})} {...(optional ? { optional } : {})}>
      {(attributes) => (
        <textarea
          rows={rows}
          required={!optional}
          {...(more as object)}
          {...attributes}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function Choice<T extends string>({
  label,
  hint,
  value,
  options,
  onValue,
}: FieldOptions & { value: T; options: readonly { value: T; text: string }[]; onValue: (value: T) => void }) {
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onValue(event.currentTarget.value as T)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A form for one action. Its failure is shown above the submit button. */
export function Form({
  onSubmit,
  busy,
  failure,
  label,
  children,
  more,
}: {
  onSubmit: () => void;
  busy: boolean;
  failure: Failure | undefined;
  /** Of the button. */
  label: string;
  children?: ComponentChildren;
  /** Beside the button. */
  more?: ComponentChildren;
}) {
  const { words } = useConsole();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <Failed of={failure} />
      <div class="buttons">
        {/* Not `disabled` while busy: that would lose the focus. */}
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? words.common.working : label}
        </button>
        {more}
      </div>
    </form>
  );
}

/** The pattern of ids, as the API checks it. */
export const idPattern = '[a-z0-9][a-z0-9\\-]{0,63}';
