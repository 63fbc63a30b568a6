// Reliance over 10,000 components and 500 uses, as one chain and as a web with substitutes: what if, the index of the programme, the
// smallest sets; each against a simple method in the same run. One process, one core.
// usage: npm run bench:reliance; exit code 1 where the limit of what-if is not kept

import { foreignCandidates, propagate } from '../src/reliance/candidates.ts';
import { Graph, indexOfProgramme, indexOfUse, smallestSets, whatIf } from '../src/reliance/index.ts';
import { chain, web } from '../src/reliance/testing/large-catalogue.ts';
import { median } from './table.ts';

const MAX_SECONDS = 1;
const RUNS = 5;
/** The simple method is slow: it runs once. */
const PLAIN_USES = 20;

const seconds = (work: () => unknown) => {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
};
const ms = (time: number) => `${(time * 1000).toFixed(time < 0.01 ? 1 : 0)} ms`;
const row = (what: string, own: number, plain: number, way: string) =>
  console.log(
    `${what.padEnd(28)} ${ms(own).padStart(8)}; ${way}: ${ms(plain)}, ${(plain / own).toFixed(0)} times as long`,
  );
const usually = (work: () => unknown) => median(Array.from({ length: RUNS }, () => seconds(work)));

let kept = true;
for (const make of [chain, web]) {
  const catalogue = make();
  const { components, uses } = catalogue;
  const graph = new Graph(catalogue);
  console.log(`${make.name}: ${components.size.toLocaleString('en')} components, ${uses.length} uses`);
  console.log(`${'graph'.padEnd(28)} ${ms(usually(() => new Graph(catalogue))).padStart(8)}`);

  const without = { suppliers: ['s299'], countries: [] };
  const some = uses.slice(0, PLAIN_USES);
  const factor = uses.length / PLAIN_USES;
  const what = usually(() => whatIf(graph, without));
  row(
    'what if',
    what,
    factor * seconds(() => some.map(({ id }) => whatIf(graph, without, { uses: [id] }))),
    'use by use',
  );
  kept &&= what < MAX_SECONDS;

  // A graph caches its shares: each index needs a new one.
  const consortia = ['c0', 'c1', 'c2', 'c3', 'c4'];
  const [first, ...others] = Array.from({ length: RUNS + 1 }, () => new Graph(catalogue));
  indexOfProgramme(first!, consortia, null);
  const index = median(others.map((fresh) => seconds(() => indexOfProgramme(fresh, consortia, null))));
  const graphs = some.map((use) => ({ use, fresh: new Graph(catalogue) }));
  const plain = seconds(() => graphs.map(({ use, fresh }) => indexOfUse(fresh, use, null)));
  row('index of the programme', index, factor * plain, 'use by use');

  // Brute force is only possible for one use: all sets of one supplier, of two, ... until one does it.
  const abroad = [...catalogue.suppliers.values()].flatMap(({ id, country }) => (country === 'KR' ? [] : [id]));
  const one = whatIf(graph, { suppliers: abroad, countries: [] }).uses.find(({ fate }) => fate === 'stops')!.use;
  const own = usually(() => smallestSets(graph, { by: 'supplier', uses: [one] }));
  const { size, sets } = smallestSets(graph, { by: 'supplier', uses: [one] });
  let found = 0;
  const force = seconds(() => {
    found = bruteForce(graph, graph.itemOfUse(one)!, size!);
  });
  row(`smallest sets, one use (${size})`, own, force, 'brute force');
  if (found < sets.length) throw new Error(`brute force finds ${found} sets, not ${sets.length}`);
  const all = smallestSets(graph, { by: 'supplier' });
  const answer =
    all.none === null ? `${all.exact ? '' : `${all.atLeast} to `}${all.size}` : 'none: one goes on without abroad';
  console.log(
    `${'smallest sets, all uses'.padEnd(28)} ${ms(usually(() => smallestSets(graph, { by: 'supplier' }))).padStart(8)}: ${answer}`,
  );
}
console.log(`what if takes at most ${MAX_SECONDS} s: ${kept ? 'kept' : 'NOT KEPT'}`);
if (!kept) process.exitCode = 1;

/** The number of sets of up to `size` that stop the use, each tried in one pass over what the use needs. */
function bruteForce(graph: Graph, use: number, size: number) {
  const below = graph.below([use]);
  const candidates = foreignCandidates(graph, 'supplier', below);
  const gone = new Int32Array(candidates.ids.length);
  const on = new Int32Array(graph.items);
  const from = (first: number, left: number) => {
    propagate(graph, candidates, below, { gone, on });
    if (on[use] === 0) return 1;
    if (left === 0) return 0;
    let found = 0;
    for (let c = first; c < gone.length; c++) {
      gone[c] = -1;
      found += from(c + 1, left - 1);
      gone[c] = 0;
    }
    return found;
  };
  return from(0, size);
}
