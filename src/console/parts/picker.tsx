// A field to choose from many things by typing: a text field with a list beneath it (a combobox of WAI-ARIA). One thing or several. Knows
// nothing of what is chosen.

import type { TargetedInputEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { Field } from './form.tsx';

export interface Choosable {
  id: string;
  text: string;
  /** Other words that find it. */
  words?: readonly string[];
  /** Behind the text in small type. */
  note?: string;
}

interface Picking {
  label: string;
  hint?: string;
  optional?: boolean;
  options: readonly Choosable[];
  /** Ids. */
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
  /** Whether several can be chosen. */
  many?: boolean;
}

/** The most that are listed at a time. */
const MAX_LISTED = 50;

const plain = (text: string): string => text.normalize('NFC').toLowerCase();

/** Those in which every typed word occurs; first those that begin with it. */
function found(options: readonly Choosable[], typed: string): Choosable[] {
  const wanted = plain(typed)
    .split(/\s+/)
    .filter((word) => word !== '');
  const all = options
    .map((option) => ({ option, texts: [option.text, option.id, ...(option.words ?? [])].map(plain) }))
    .filter(({ texts }) => wanted.every((word) => texts.some((text) => text.includes(word))));
  const begins = ({ texts }: { texts: string[] }) => texts.some((text) => text.startsWith(plain(typed).trim()));
  return [...all.filter(begins), ...all.filter((one) => !begins(one))].map(({ option }) => option);
}

/** Scrolls an element into view when it is shown: a list may begin below the end of a dialog, an option below that of the list. */
function useInView(id: string | undefined, isShown: boolean): void {
  useEffect(() => {
    if (id !== undefined && isShown) document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
  }, [id, isShown]);
}

export function Picker({ label, hint, optional, options, chosen, onChosen, many }: Picking) {
  const { words, format } = useConsole();
  const w = words.picker;
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  /** Null while nothing is typed: the field then shows what is chosen. */
  const [typed, type] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const nameOf = (id: string) => options.find((option) => option.id === id)?.text ?? id;
  const only = many ? undefined : chosen[0];
  const value = typed ?? (only === undefined ? '' : nameOf(only));
  const left = options.filter(({ id }) => !many || !chosen.includes(id));
  const all = found(left, typed ?? '');
  const listed = all.slice(0, MAX_LISTED);
  const active = open ? listed[Math.min(at, listed.length - 1)] : undefined;

  // What was typed and not chosen must not be lost unseen.
  const unchosen = typed !== null && typed.trim() !== '';
  useEffect(() => input.current?.setCustomValidity(unchosen ? w.pickOne : ''), [unchosen, w]);
  useInView(list, open);
  useInView(active && `${list}-${active.id}`, active !== undefined);

  const shut = () => {
    setOpen(false);
    setAt(0);
  };
  const choose = (id: string) => {
    onChosen(many ? [...chosen, id] : [id]);
    type(null);
    shut();
  };
  const drop = (id: string) => {
    onChosen(chosen.filter((one) => one !== id));
    input.current?.focus();
  };
  const leave = () => {
    if (unchosen && all.length === 1) choose(all[0]!.id);
    else if (!unchosen) type(null);
    shut();
  };
  const move = (by: number) => {
    if (open)
      setAt((now) =>
        listed.length === 0 ? 0 : (Math.min(now, listed.length - 1) + by + listed.length) % listed.length,
      );
    setOpen(true);
  };
  const press = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    // A Korean syllable that is still being composed.
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1);
    else if (event.key === 'Enter' && (open || unchosen)) {
      if (active) choose(active.id);
    } else if (event.key === 'Escape' && open) shut();
    else if (event.key === 'Backspace' && many && value === '' && chosen.length > 0) drop(chosen.at(-1)!);
    else return;
    event.preventDefault();
  };
  const write = (event: TargetedInputEvent<HTMLInputElement>) => {
    const text = event.currentTarget.value;
    type(text === '' ? null : text);
    if (!many && chosen.length > 0) onChosen([]);
    setAt(0);
    // An emptied field covers nothing beneath it.
    setOpen(text !== '');
  };
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} {...(optional ? { optional } : {})}>
      {(attributes) => (
        <div class="picker">
          {many && chosen.length > 0 && <Picked of={chosen} label={label} nameOf={nameOf} drop={drop} />}
          <input
            {...attributes}
            ref={input}
            type="text"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={open}
            aria-controls={list}
            aria-activedescendant={active && `${list}-${active.id}`}
            autocomplete="off"
            spellcheck={false}
            required={!optional && chosen.length === 0}
            placeholder={w.type}
            value={value}
            onInput={write}
            onKeyDown={press}
            onClick={() => setOpen(true)}
            onBlur={leave}
          />
          <Listed list={list} label={label} open={open} options={listed} active={active?.id} choose={choose} />
          <p class={open && all.length === 0 ? 'hint' : 'hidden'} role="status">
            {open && (all.length === 0 ? w.none : w.found(format.count(all.length)))}
          </p>
        </div>
      )}
    </Field>
  );
}

interface PickedOnes {
  of: readonly string[];
  label: string;
  nameOf: (id: string) => string;
  drop: (id: string) => void;
}

function Picked({ of, label, nameOf, drop }: PickedOnes) {
  const w = useConsole().words.picker;
  return (
    <ul class="picked" aria-label={w.chosen(label)}>
      {of.map((id) => (
        <li key={id}>
          {nameOf(id)}
          <button type="button" class="plain" aria-label={w.drop(nameOf(id))} onClick={() => drop(id)}>
            <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ListedOnes {
  /** Its id; those of the options begin with it. */
  list: string;
  label: string;
  open: boolean;
  options: readonly Choosable[];
  active: string | undefined;
  choose: (id: string) => void;
}

const Listed = ({ list, label, open, options, active, choose }: ListedOnes) => (
  <div id={list} role="listbox" tabIndex={-1} aria-label={label} hidden={!open || options.length === 0}>
    {open &&
      options.map(({ id, text, note }) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          key={id}
          id={`${list}-${id}`}
          role="option"
          tabIndex={-1}
          aria-selected={id === active}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(id)}
        >
          {text}
          {note && <small> {note}</small>}
        </div>
      ))}
  </div>
);
