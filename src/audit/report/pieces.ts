// Pieces that the pages of audits share: of our own runs, and of runs that another program trained.

import { type ComponentChildren, h, type JSX } from 'preact';
import { theirs } from '../../page-kit/document/index.ts';
import { Mark } from '../../page-kit/index.ts';
import type { Verdict } from '../types.ts';
import { signOf } from './facts.ts';

/** A sentence of the program, which is English in every report. */
export const record = (text: string): JSX.Element => theirs(text, 1200, 'en');
export const mark = (verdict: Verdict | null): JSX.Element =>
  h(Mark, { sign: signOf(verdict), tone: verdict ?? 'unrun' });
export const item = (...content: ComponentChildren[]): JSX.Element => h('li', null, content);
/** A piece of the program's record under its heading. */
export const recorded = (heading: string, ...content: ComponentChildren[]): JSX.Element =>
  h('div', { class: 'record' }, h('h4', null, heading), content);
