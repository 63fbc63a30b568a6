// Keys that work on every page: Ctrl-K and ⌘K, and single letters as `g` then `o`. Single letters can be turned off (WCAG 2.1.4), and do nothing
// while somebody types, holds a modifier or has a dialog open. Knows no page's content.

import { observable } from './observable.ts';
import { remember, remembered } from './settings.ts';

/** Where `g` and a letter lead, in the order of the list. */
export const GOES = {
  o: 'overview',
  s: 'stages',
  c: 'call',
  n: 'organisations',
  m: 'compute',
  r: 'reliance',
  b: 'ruleBooks',
  l: 'log',
  u: 'runs',
  p: 'people',
  a: 'account',
} as const;
export type Goal = (typeof GOES)[keyof typeof GOES];
export type Press = { open: 'search' | 'keys' } | { go: Goal };

/** Milliseconds in which the second letter follows `g`. */
const TOGETHER_MS = 1500;

const inBrowser = typeof window !== 'undefined';
/** Whether single letters are keys. */
export const letterKeys = observable<boolean>(!inBrowser || remembered('keys') !== 'off');

export function chooseLetterKeys(on: boolean): void {
  remember('keys', on ? 'on' : 'off');
  letterKeys.set(on);
}

/** What of a key press is looked at. */
export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  repeat: boolean;
  timeStamp: number;
}

/** The letter on the key. With a Korean layout the key of G says ㅎ, or that an input method has it. */
function letterOf({ key, code }: Pressed): string {
  const isForeign = key === 'Process' || (key.length === 1 && key > '\u007f');
  if (!isForeign) return key.length === 1 ? key.toLowerCase() : key;
  return code === 'Slash' ? '/' : code.replace(/^Key([A-Z])$/, '$1').toLowerCase();
}

/** The modifier of commands: ⌘ on Apple's systems, where Ctrl-K deletes to the end of a line. */
export const COMMAND = inBrowser && /Mac|iP(hone|ad|od)/.test(navigator.platform) ? 'metaKey' : 'ctrlKey';
export type Command = 'metaKey' | 'ctrlKey';

/** Reads key presses one after another; `typing`: into a field, or with a dialog open. */
export class KeyReader {
  #begun = Number.NEGATIVE_INFINITY;
  readonly #command: Command;

  constructor(command: Command) {
    this.#command = command;
  }

  read(pressed: Pressed, typing: boolean): Press | undefined {
    const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing, repeat, timeStamp } = pressed;
    const follows = timeStamp - this.#begun < TOGETHER_MS;
    if (key !== 'Shift') this.#begun = Number.NEGATIVE_INFINITY;
    if (isComposing || repeat) return undefined;
    const letter = letterOf(pressed);
    // It works in fields too.
    if (letter === 'k' && pressed[this.#command] && ctrlKey !== metaKey && !altKey && !shiftKey)
      return { open: 'search' };
    if (typing || ctrlKey || metaKey || altKey || !letterKeys.value) return undefined;
    if (letter === '?' || (letter === '/' && shiftKey)) return { open: 'keys' };
    if (shiftKey) return undefined;
    if (letter === '/') return { open: 'search' };
    if (follows && Object.hasOwn(GOES, letter)) return { go: GOES[letter as keyof typeof GOES] };
    if (letter === 'g') this.#begun = timeStamp;
    return undefined;
  }
}
