// Writes the source of the matrix tiles: the innermost loops of every product, one function for each shape and layout of A.
// Text is generated because a tile is only the same three lines, repeated rows x vectors times.
//
// tile(a, stride, rows, b, k, c, cStride, from, fromStride): for r < rows, j < columns
//   C[r, j] = chain over kk < k, ascending, of fma(A[r, kk], B[kk, j], .), starting at FROM[r, j]
// B is a packed panel: columns floats for each kk. Strides are in bytes; FROM may be C itself, or one row of
// zeros with stride 0 (a branch instead would keep V8 from pairing the loads into 256-bit registers).
//   layout Rows: A[r, kk] at a + r * stride + 4 * kk   (a matrix as stored)
//   layout Cols: A[r, kk] at a + kk * stride + 4 * r   (a transposed matrix, or a packed panel)
// All `tile rows` rows are computed and stored; where fewer are needed (rows), the others repeat the last one (Rows) or read past
// the end (Cols): the caller then passes a spare C.
//
// A strip has fewer rows than a tile, exactly as many as are there, and reads several panels side by side, `panel` bytes apart:
// with one row a product waits for memory, and memory gives twice as much when four places are read at a time.

/** AssemblyScript text of one tile. */
function tile(height, vectors, layout) {
  const rows = [...Array(height).keys()];
  const cols = [...Array(vectors).keys()];
  const out = [];
  const line = (text) => out.push(text);
  line(`export function tile${height}x${vectors * 4}${layout}(a: usize, stride: usize, rows: i32, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {`);
  for (const r of rows) {
    line(`  const f${r}: usize = from + ${r} * fromStride;`);
    for (const v of cols) line(`  let s${r}_${v} = v128.load(f${r}, ${v * 16});`);
  }
  if (layout === 'Rows') for (const r of rows) line(`  let a${r}: usize = a + <usize>min(${r}, rows - 1) * stride;`);
  line(`  const end: usize = b + <usize>k * ${vectors * 16};`);
  line('  for (; b < end; ) {'); // not unrolled: more values than registers would be slower
  for (const v of cols) line(`    const b${v} = v128.load(b, ${v * 16});`);
  for (const r of rows) {
    line(`    const x${r} = v128.load_splat<f32>(${layout === 'Rows' ? `a${r}` : `a, ${r * 4}`});`);
    for (const v of cols) line(`    s${r}_${v} = f32x4.relaxed_madd(x${r}, b${v}, s${r}_${v});`);
  }
  line(`    b += ${vectors * 16};`);
  if (layout === 'Rows') for (const r of rows) line(`    a${r} += 4;`);
  else line('    a += stride;');
  line('  }');
  for (const r of rows) {
    line(`  const c${r}: usize = c + ${r} * cStride;`);
    for (const v of cols) line(`  v128.store(c${r}, s${r}_${v}, ${v * 16});`);
  }
  line('}');
  return out.join('\n');
}

/** Panels of a strip, by its rows: as many as the registers have sums for. */
const STRIP_PANELS = [4, 2, 2, 1, 1];

const ARGUMENTS = ['a: usize', 'stride: usize', 'b: usize', 'panel: usize', 'k: i32', 'c: usize', 'cStride: usize', 'from: usize', 'fromStride: usize'];

/** AssemblyScript text of one strip: A by rows, C in columns that lie side by side. */
function strip(height, vectors, panels) {
  const rows = [...Array(height).keys()];
  const cols = [...Array(vectors * panels).keys()];
  const panelOf = (v) => Math.floor(v / vectors);
  const out = [`function strip${height}x${vectors * 4}of${panels}(${ARGUMENTS.join(', ')}): void {`];
  const line = (text) => out.push(text);
  for (const r of rows) {
    line(`  const f${r}: usize = from + ${r} * fromStride;`);
    for (const v of cols) line(`  let s${r}_${v} = v128.load(f${r}, ${v * 16});`);
    line(`  let a${r}: usize = a + ${r} * stride;`);
  }
  for (let p = 0; p < panels; p++) line(`  let b${p}: usize = b + ${p} * panel;`);
  line(`  const end: usize = b + <usize>k * ${vectors * 16};`);
  line('  for (; b0 < end; ) {');
  for (const r of rows) line(`    const x${r} = v128.load_splat<f32>(a${r});`);
  for (let p = 0; p < panels; p++) {
    const own = cols.filter((v) => panelOf(v) === p);
    for (const v of own) line(`    const v${v} = v128.load(b${p}, ${(v % vectors) * 16});`);
    for (const r of rows) for (const v of own) line(`    s${r}_${v} = f32x4.relaxed_madd(x${r}, v${v}, s${r}_${v});`);
    line(`    b${p} += ${vectors * 16};`);
  }
  for (const r of rows) line(`    a${r} += 4;`);
  line('  }');
  for (const r of rows) {
    line(`  const c${r}: usize = c + ${r} * cStride;`);
    for (const v of cols) line(`  v128.store(c${r}, s${r}_${v}, ${v * 16});`);
  }
  line('}');
  return out.join('\n');
}

/** `name(rows, width, ...)` calls the strip of so many rows; of `panelsOf(rows)` panels. */
function stripSwitch(name, widths, panelsOf) {
  const names = ARGUMENTS.map((one) => one.split(':')[0]).join(', ');
  const call = (rows, vectors) => `strip${rows}x${vectors * 4}of${panelsOf(rows)}(${names});`;
  const cases = STRIP_PANELS.map((_, i) => {
    const [wide, narrow] = widths.map((vectors) => call(i + 1, vectors));
    return `    case ${i + 1}: if (width == ${widths[0] * 4}) ${wide} else ${narrow} break;`;
  });
  return [`export function ${name}(rows: i32, width: i32, ${ARGUMENTS.join(', ')}): void {`, '  switch (rows) {', ...cases, '    default: unreachable();', '  }', '}'].join('\n');
}

/** The whole generated file: tiles and strips of the full width and of half of it. */
export function tilesSource({ tileRows, tileColumns }) {
  const widths = [tileColumns / 4, tileColumns / 8];
  const panels = (rows) => STRIP_PANELS[rows - 1];
  const strips = STRIP_PANELS.flatMap((most, i) =>
    widths.flatMap((vectors) => [...new Set([1, most])].map((count) => strip(i + 1, vectors, count))),
  );
  return [
    '// Generated by kernels/tiles.mjs when the kernels are built.',
    ...widths.flatMap((vectors) => ['Rows', 'Cols'].map((layout) => tile(tileRows, vectors, layout))),
    ...strips,
    '/** Panels that `strips` takes side by side. */',
    `export function stripPanels(rows: i32): i32 { return ${STRIP_PANELS.map((n, i) => `rows == ${i + 1} ? ${n} : `).join('')}0; }`,
    '/** One panel. */',
    stripSwitch('strip', widths, () => 1),
    '/** `stripPanels(rows)` panels. */',
    stripSwitch('strips', widths, panels),
  ].join('\n\n') + '\n';
}
