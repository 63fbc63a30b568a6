// Catalogues of ten thousand components and five hundred uses, for tests and for bench/reliance.ts: one chain from end to end, or a web in which
// every component has needs and substitutes.

import { Random } from '../../base/testing/mutate.ts';
import type { Catalogue } from '../../fleet/index.ts';
import { catalogueOf, type Draft, need } from './catalogue.ts';

const COMPONENTS = 10_000;
const USES = 500;
const SUPPLIERS = 300;
const COUNTRIES = ['US', 'TW', 'JP', 'NL', 'DE'];

/** Suppliers `h0` to `h59` of home and `s60` to `s299` from abroad; a machine of home that everything runs on. */
function common(): Draft {
  const home = { country: 'KR' };
  const suppliers: Record<string, string> = {};
  for (let s = 0; s < SUPPLIERS; s++)
    suppliers[supplierOf(s)] = s < SUPPLIERS / 5 ? 'KR' : COUNTRIES[s % COUNTRIES.length]!;
  return {
    home: ['KR'],
    suppliers,
    components: {
      memory: { of: 'memory', ...home },
      chip: { of: 'chip', ...home, needs: [need('memory', 'memory')] },
      server: { of: 'server', ...home },
      hall: { of: 'data-center', ...home },
      operator: { of: 'cloud', ...home },
      cluster: {
        of: 'compute',
        ...home,
        needs: [need('chip', 'chip'), need('server', 'server'), need('data-center', 'hall'), need('cloud', 'operator')],
      },
      text: { of: 'data', ...home },
      weights: { of: 'weights', ...home },
    },
    uses: {},
  };
}
const supplierOf = (s: number) => `${s < SUPPLIERS / 5 ? 'h' : 's'}${s}`;

const others = [need('compute', 'cluster'), need('data', 'text'), need('weights', 'weights')];

/** Each needs the next one; all uses need the first. The last, `software-9999`, is `s299`'s alone. */
export function chain(): Catalogue {
  const draft = common();
  for (let i = 0; i < COMPONENTS; i++) {
    const isLast = i === COMPONENTS - 1;
    draft.components[`software-${i}`] = {
      of: 'software',
      supplier: supplierOf(isLast ? SUPPLIERS - 1 : i % (SUPPLIERS - 1)),
      needs: isLast ? [] : [need('software', `software-${i + 1}`)],
    };
  }
  for (let u = 0; u < USES; u++)
    draft.uses[`use-${u}`] = {
      kind: 'training',
      consortium: `c${u % 5}`,
      needs: [...others, need('software', 'software-0')],
    };
  return catalogueOf(draft);
}

/** Each needs some of the thousand after it, half the time with a second one that does a part or could; uses need some of the first 2000. */
export function web(): Catalogue {
  const random = new Random(1377);
  const draft = common();
  const some = (from: number, to: number) => {
    const [a, b] = [from + random.below(to - from), from + random.below(to - from)];
    const [first, second] = [`software-${a}`, `software-${b}`];
    if (a === b || random.below(2)) return need('software', first);
    return random.below(2)
      ? need('software', [first, 0.75], [second, 0.25, 0.5])
      : need('software', [first, 1], [second, 0, 0.5]);
  };
  for (let i = 0; i < COMPONENTS; i++) {
    const to = Math.min(COMPONENTS, i + 1000);
    draft.components[`software-${i}`] = {
      of: 'software',
      supplier: random.below(20) ? supplierOf(random.below(SUPPLIERS)) : null,
      held: random.below(4) === 0,
      needs: Array.from({ length: i + 1 < to ? random.below(3) : 0 }, () => some(i + 1, to)),
    };
  }
  for (let u = 0; u < USES; u++)
    draft.uses[`use-${u}`] = {
      kind: 'training',
      consortium: `c${u % 5}`,
      needs: [...others, ...Array.from({ length: 3 }, () => some(0, 2000))],
    };
  return catalogueOf(draft);
}
