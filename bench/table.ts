// Makes a table from pairs of measurements, for the terminal or for a Markdown page. Measures nothing.

/** One run of Jikji and the run of PyTorch after it. */
export interface Pair {
  /** Tokens a second. */
  ours: number;
  theirs: number;
  /** Jikji's; PyTorch's follow from the same number of operations. */
  gflops: number;
  /** GFLOP/s of Jikji's tiles alone. */
  peak: number;
}

export interface ShapeResult {
  shape: string;
  parameters: number;
  pairs: Pair[];
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const HEAD = [
  'shape',
  'parameters',
  'Jikji tokens/s',
  'PyTorch tokens/s',
  'ratio',
  'least to most',
  'Jikji GFLOP/s',
  'PyTorch GFLOP/s',
  'Jikji of peak',
  'PyTorch of peak',
];

const whole = (x: number) => Math.round(x).toLocaleString('en');
const share = (x: number) => `${Math.round(x * 100)}%`;

/** The ratio is the median of the pairs' ratios, not the ratio of the medians: a slow minute then slows both sides. */
function row({ shape, parameters, pairs }: ShapeResult) {
  const ratios = pairs.map((p) => p.ours / p.theirs);
  const of = (value: (p: Pair) => number) => median(pairs.map(value));
  const theirGflops = (p: Pair) => (p.gflops / p.ours) * p.theirs;
  return [
    shape,
    `${(parameters / 1e6).toFixed(1)} M`,
    whole(of((p) => p.ours)),
    whole(of((p) => p.theirs)),
    median(ratios).toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    of((p) => p.gflops).toFixed(0),
    of(theirGflops).toFixed(0),
    share(of((p) => p.gflops / p.peak)),
    share(of((p) => theirGflops(p) / p.peak)),
  ];
}

export function markdownTable(results: ShapeResult[]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = HEAD.map((_, i) => (i === 0 ? '---' : '---:'));
  return [HEAD, rule, ...results.map(row)].map(line).join('\n');
}

export function plainTable(results: ShapeResult[]): string {
  const rows = [HEAD, ...results.map(row)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  return rows
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n');
}
