// Compares two samples, tower by tower. Says nothing of what follows from the numbers (verdict.ts does).

import type { Sample } from '../sketch/index.ts';
import type { Work } from './compared-group.ts';
import { Products } from './products.ts';
import { compareTowers, type TowerComparison } from './towers.ts';

export interface Comparison {
  towers: TowerComparison[];
  /** Parts of either model that no test reads. */
  untested: { model: 'suspect' | 'reference'; part: string; why: string }[];
}

interface CompareOptions {
  key: string;
  threads: number;
  /** Called with what is looked at next. */
  onPart?: (part: string) => void;
}

/** Compares two samples of one key. */
export function compareSamples(suspect: Sample, reference: Sample, options: CompareOptions): Comparison {
  const { key, threads, onPart = () => {} } = options;
  const work: Work = { products: new Products(threads), key, onPart };
  try {
    const towers = suspect.towers.flatMap((tower) => {
      const other = reference.towers.find(({ name }) => name === tower.name);
      return other ? [compareTowers(work, tower, other)] : [];
    });
    const untested = [
      ...suspect.untested.map((one) => ({ model: 'suspect' as const, ...one })),
      ...reference.untested.map((one) => ({ model: 'reference' as const, ...one })),
    ];
    return { towers, untested };
  } finally {
    work.products.close();
  }
}
