// A mark as an element.

import { h } from 'preact';

/** Hidden from screen readers: the word is beside it. `tone` names its colour. */
export const Mark = ({ sign, tone }: { sign: string; tone?: string | undefined }) =>
  h('span', { class: tone ? `mark ${tone}` : 'mark', 'aria-hidden': 'true' }, sign);
