// Pieces that the pages of audits share: of our own runs, and of runs that another program trained.

import { type ComponentChildren, h, type JSX } from 'preact';
import type { Sentence } from '../../base/index.ts';
import { theirs } from '../../page-kit/document/index.ts';
import { type Lang, Mark } from '../../page-kit/index.ts';
import type { Check, Verdict } from '../types.ts';
import { signOf } from './facts.ts';

/** A sentence of the program in the report's language; English, and marked so, where it has no Korean. */
export const record = ({ en, ko }: Sentence, lang: Lang): JSX.Element =>
  lang === 'ko' && ko !== undefined ? theirs(ko, 1200) : theirs(en, 1200, 'en');
/** The sentences of a check, English and Korean side by side. */
export const notesOf = ({ notes, ko }: Pick<Check, 'notes' | 'ko'>): Sentence[] =>
  notes.map((en, i) => ({ en, ko: ko?.notes[i] }));
export const mark = (verdict: Verdict | null): JSX.Element =>
  h(Mark, { sign: signOf(verdict), tone: verdict ?? 'unrun' });
export const item = (...content: ComponentChildren[]): JSX.Element => h('li', null, content);
/** A piece of the program's record under its heading. */
export const recorded = (heading: string, ...content: ComponentChildren[]): JSX.Element =>
  h('div', { class: 'record' }, h('h4', null, heading), content);
