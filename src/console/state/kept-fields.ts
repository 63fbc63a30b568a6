// Fields whose text or choice outlives a reload and an ended log-in: kept in this tab, for this user, until they are sent or discarded. Each tab has its own,
// so none overwrites another's. Not for passwords and keys.

import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from './context.ts';
import { keep, kept } from './session.ts';

/** What the dialog around fields forgets when the user closes it without sending them. */
export const Discarded = createContext<Set<() => void> | undefined>(undefined);

type Bound = { value: string; onValue: (value: string) => void };

/** A field that holds a list of ids: what is checked or picked. */
export const listIn = ({ value, onValue }: Bound) => ({
  chosen: value === '' ? [] : value.split('\n'),
  onChosen: (chosen: string[]) => onValue(chosen.join('\n')),
});

type Texts = Record<string, string>;
interface Kept {
  /** The fields as they were before anything was typed. */
  before: Texts;
  texts: Texts;
}

const isTexts = (value: unknown): value is Texts =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');

function keptUnder(key: string): Kept | undefined {
  const { before, texts } = (kept(key) ?? {}) as Partial<Kept>;
  return isTexts(before) && isTexts(texts) ? { before, texts } : undefined;
}

const isSame = (one: Texts, other: Texts): boolean =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => one[name] === other[name]);

/** As `useFields`; `name` says whose fields they are: a path of the API. */
export function useKeptFields<T extends Texts>(name: string, initial: T) {
  const { me } = useConsole();
  const key = `fields ${me.viewer.user} ${name}`;
  const [first] = useState(() => ({ initial, kept: keptUnder(key) }));
  const [values, show] = useState<T>({ ...initial, ...first.kept?.texts });
  // Two changes of one event: the second needs the first.
  const latest = useRef(values);
  const before = first.kept?.before ?? first.initial;
  const field = <K extends keyof T & string>(part: K) => ({
    value: values[part],
    onValue(value: T[K]) {
      latest.current = { ...latest.current, [part]: value };
      keep(key, { before, texts: latest.current });
      show(latest.current);
    },
  });
  const forget = useCallback(() => keep(key, null), [key]);
  /** After they were sent: empty for the next ones. */
  const reset = useCallback(() => {
    forget();
    latest.current = first.initial;
    show(first.initial);
  }, [forget]);
  const discarded = useContext(Discarded);
  useEffect(() => {
    discarded?.add(forget);
    return () => void discarded?.delete(forget);
  }, [discarded, forget]);
  /** What was typed was typed over something else than what is there now. */
  const isOutdated = first.kept !== undefined && !isSame(first.kept.before, first.initial);
  return { values, field, forget, reset, isOutdated };
}
