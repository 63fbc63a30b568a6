// Props and helpers of the sections of the self-reliance page.

import type { Format } from '../../../page-kit/index.ts';
import type { Choice } from '../../state/choice.ts';
import type { Layer, Overview } from '../../types.ts';
import type { Words } from '../../words/words.ts';

export interface Choosing {
  choice: Choice;
  choose(next: Partial<Choice>): void;
}

/** The element id of the answer: links on the page scroll to it. */
export const ANSWER = 'answer';

/** By a link to a choice, or by pressing a switch on the page. */
export type Asked = 'link' | 'press';

export type Consortia = Overview['consortia'];

/** As part of a sentence. */
export const layerList = (layers: readonly Layer[], words: Words, format: Format): string =>
  format.list(layers.map((layer) => words.layers[layer].toLowerCase()));
