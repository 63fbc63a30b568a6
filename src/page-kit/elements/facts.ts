// Facts: names with their values, in a list of definitions.

import { type ComponentChildren, h } from 'preact';

export const Facts = ({ class: name, children }: { class?: string; children?: ComponentChildren }) =>
  h('dl', { class: name ? `facts ${name}` : 'facts' }, children);

export interface FactProps {
  name: string;
  /** In small type below the value. */
  note?: string | undefined;
  /** Takes a whole row. */
  wide?: boolean;
  children?: ComponentChildren;
}

export const Fact = ({ name, note, wide, children }: FactProps) =>
  h('div', { class: wide ? 'wide' : undefined }, [
    h('dt', null, name),
    h('dd', null, children, note && h('small', null, note)),
  ]);
