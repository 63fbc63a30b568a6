// Facts about nodes of the value chain's picture: which are lit with one, which suppliers and countries a reader may want to think away.

import type { FlowPicture } from '../types.ts';

type Node = FlowPicture['nodes'][number];

/** The nodes that rest on a node, and those that it rests on; without itself. */
export function litWith({ nodes }: FlowPicture, at: number): { above: Set<number>; below: Set<number> } {
  const above = new Set([...nodes.keys()].filter((n) => nodes[n]!.restsOn.includes(at)));
  return { above, below: new Set(nodes[at]?.restsOn) };
}

export interface Suggested {
  suppliers: NonNullable<Node['supplier']>[];
  /** ISO 3166. */
  countries: string[];
}

/** The suppliers abroad that most of the work of a layer rests on, and their countries; those of home only where nobody is abroad. */
export function suggestedIn({ nodes }: FlowPicture, most = { suppliers: 4, countries: 2 }): Suggested {
  const supplied = nodes.filter(({ supplier }) => supplier !== null);
  const abroad = supplied.filter(({ place }) => place === 'abroad');
  const sorted = (abroad.length > 0 ? abroad : supplied).toSorted(
    (a, b) => b.share.low - a.share.low || b.share.high - a.share.high || (a.supplier!.id < b.supplier!.id ? -1 : 1),
  );
  const suppliers = new Map(sorted.map(({ supplier }) => [supplier!.id, supplier!]));
  const countries = new Set(abroad.length > 0 ? sorted.flatMap(({ country }) => country ?? []) : []);
  return {
    suppliers: [...suppliers.values()].slice(0, most.suppliers),
    countries: [...countries].slice(0, most.countries),
  };
}
