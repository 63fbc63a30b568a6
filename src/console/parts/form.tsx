// Parts of forms: a labelled field with its hint, buttons that show when they are busy. Fields keep their text when an action fails.

import type { ComponentChildren, TargetedInputEvent } from 'preact';
import { useId } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import type { Action } from '../state/data.ts';
import { Failed } from './loaded.tsx';

interface FieldOptions {
  label: string;
  hint?: string;
  optional?: boolean;
}

/** Attributes of an input element. */
interface InputOptions {
  type?: 'text' | 'password' | 'number' | 'date' | 'datetime-local';
  min?: number;
  max?: number;
  step?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  disabled?: boolean;
  readOnly?: boolean;
  /** @default what is not optional */
  required?: boolean;
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

/** What binds a text to a field. */
interface TextOptions extends FieldOptions, InputOptions {
  value: string;
  onValue: (value: string) => void;
}

const textAttributes = ({ label: _, hint, optional, onValue, ...more }: TextOptions) => ({
  required: !optional,
  // The browser says it where a text does not fit the pattern.
  title: more.pattern && hint,
  ...(more as object),
  onInput: (event: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) => onValue(event.currentTarget.value),
});

export const TextField = (options: TextOptions) => (
  <Field {...options}>{(attributes) => <input type="text" {...textAttributes(options)} {...attributes} />}</Field>
);

export const TextArea = ({ rows = 4, ...options }: TextOptions & { rows?: number }) => (
  <Field {...options}>{(attributes) => <textarea rows={rows} {...textAttributes(options)} {...attributes} />}</Field>
);

export function Choice<T extends string>({
  value,
  options,
  onValue,
  required,
  ...field
}: FieldOptions & {
  value: T;
  options: readonly { value: T; text: string }[];
  onValue: (value: T) => void;
  /** Whether one that is not empty must be chosen. */
  required?: boolean;
}) {
  return (
    <Field {...field}>
      {(attributes) => (
        <select
          {...attributes}
          required={required}
          value={value}
          onChange={(event) => onValue(event.currentTarget.value as T)}
        >
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
  action,
  label,
  children,
  more,
}: {
  action: Action<[]>;
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
        // A form in a dialog that was opened from within this one.
        if (event.target === event.currentTarget) action.run();
      }}
    >
      {children}
      <Failed of={action.failure} />
      <div class="buttons">
        {/* Not `disabled` while busy: that would lose the focus. */}
        <button type="submit" class="primary" aria-disabled={action.busy}>
          {action.busy ? words.common.working : label}
        </button>
        {more}
      </div>
    </form>
  );
}

/** Boxes to check, of which any number is chosen. */
export const CheckBoxes = ({
  options,
  chosen,
  onChosen,
}: {
  options: readonly { value: string; text: ComponentChildren }[];
  chosen: string[];
  onChosen: (chosen: string[]) => void;
}) => (
  <>
    {options.map(({ value, text }) => (
      <label key={value}>
        <input
          type="checkbox"
          checked={chosen.includes(value)}
          onChange={(event) =>
            onChosen(event.currentTarget.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
          }
        />
        {text}
      </label>
    ))}
  </>
);

/** The pattern of ids, as the API checks it. */
export const idPattern = '[a-z0-9][a-z0-9\\-]{0,63}';
