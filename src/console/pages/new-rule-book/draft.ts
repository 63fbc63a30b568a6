// The draft of a rule book: its text is what counts, and survives a reload; the form is a view of it. The server checks it as it changes.

import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { call, type Failure, failureOf } from '../../state/api.ts';
import { remember, remembered, storageName } from '../../state/settings.ts';
import type { CheckedRuleBook, Problem } from '../../types.ts';
import { type Path, valueAt, valuesOf, withValue } from './yaml-text.ts';

const CHECK_AFTER_MS = 400;

export interface Draft {
  text: string;
  /** Values of the text, or of the last one that could be read. */
  values: unknown;
  /** The line at which the text cannot be read. */
  brokenAt: number | undefined;
  setText(text: string): void;
  /** Applies a change of the text. */
  change(how: (text: string) => string): void;
  edit(path: Path, value: unknown): void;
  valueAt(path: Path): unknown;
  /** Problems of the value at a path; `within`: also of values inside it. */
  problemsAt(path: Path, within?: boolean): Problem[];
  /** The last check. */
  checked: CheckedRuleBook | undefined;
  /** The text has changed since, or was not checked yet. */
  isStale: boolean;
  failure: Failure | undefined;
  checkAgain(): void;
}

export const DraftContext = createContext<Draft | undefined>(undefined);
export const useDraft = (): Draft => useContext(DraftContext)!;

/** @param path of the API's check */
function useCheck(path: string, text: string) {
  const [state, show] = useState<{ of?: string; checked?: CheckedRuleBook; failure?: Failure }>({});
  const [asked, ask] = useState(0);
  useEffect(() => {
    if (text.trim() === '') return show({});
    const controller = new AbortController();
    const timer = setTimeout(() => {
      call<CheckedRuleBook>('POST', path, { text }, controller.signal).then(
        (checked) => controller.signal.aborted || show({ of: text, checked }),
        (error) => controller.signal.aborted || show((before) => ({ ...before, failure: failureOf(error) })),
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [path, text, asked]);
  return { ...state, checkAgain: () => ask((n) => n + 1) };
}

export function useNewDraft(programme: string): Draft {
  const key = `rule-book-draft-${programme}`;
  const [text, show] = useState(() => remembered(key) ?? '');
  // Two changes of one event: the second needs the text of the first.
  const latest = useRef(text);
  const lastValues = useRef<unknown>({});
  const { of, checked, failure, checkAgain } = useCheck(
    `/programmes/${encodeURIComponent(programme)}/rule-books/check`,
    text,
  );
  const read = valuesOf(text);
  const isRead = 'values' in read;
  if (isRead) lastValues.current = read.values ?? {};
  const values = lastValues.current;
  const setText = (next: string): void => {
    latest.current = next;
    show(next);
    remember(key, next);
  };
  // Another tab with the same draft: what was typed last stands in both, so neither overwrites the other.
  useEffect(() => {
    const follow = (event: StorageEvent) => {
      if (event.key !== storageName(key) || event.newValue === null) return;
      latest.current = event.newValue;
      show(event.newValue);
    };
    addEventListener('storage', follow);
    return () => removeEventListener('storage', follow);
  }, [key]);
  const change = (how: (text: string) => string): void => setText(how(latest.current));
  const isAt = (path: Path, within: boolean, at: Problem['path']): boolean =>
    at !== null &&
    (within ? at.length >= path.length : at.length === path.length) &&
    path.every((one, i) => one === at[i]);
  return {
    text,
    values,
    brokenAt: isRead ? undefined : read.line,
    setText,
    change,
    edit: (path, value) => change((before) => withValue(before, path, value)),
    valueAt: (path) => valueAt(values, path),
    problemsAt: (path, within = false) => checked?.problems.filter((one) => isAt(path, within, one.path)) ?? [],
    checked,
    isStale: of !== text,
    failure,
    checkAgain,
  };
}
