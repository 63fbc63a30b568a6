// The context of every page: the viewer, the programmes, and the words and formats of the language.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Format } from '../../page-kit/index.ts';
import type { Me } from '../types.ts';
import type { Words } from '../words/words.ts';

export interface Console {
  me: Me;
  /** Fetches `me` again: after log-in, log-out, or a new programme. */
  renew(): void;
  words: Words;
  format: Format;
}

/** The viewer until the server has answered. */
export const NOBODY: Me = {
  viewer: { user: null, name: null, role: 'public', programme: null, consortium: null },
  version: '',
  programmes: [],
  empty: false,
  local: false,
};

export const ConsoleContext = createContext<Console | undefined>(undefined);

/** @throws Error outside of the context */
export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) throw new Error('there is no context of the console');
  return found;
}
