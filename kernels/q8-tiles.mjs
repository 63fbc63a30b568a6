// Writes the source of the tiles of products with q8_0 weights: the innermost loops, one function for each number of rows, in two kinds.
//
// tile(z, zStride, s, sStride, b, panel, blocks, c, cStride): for r < rows, j < 16 * panels
//   C[r, j] = chain over blocks of fma(f32(sum over the block of z[r, k] q[k, j]), s[r, block] * d[j, block], .), starting at C[r, j]
// s is binary32, 4 bytes a block; z takes 64 bytes a block. A panel of B has for each block 32 / g times 16 columns of g neighbouring k, a
// signed byte each, and then 16 scales d in binary16.
// "Pairs", g = 2: z are 16-bit whole numbers; two products and their sum are one instruction on every processor.
// "Digits", g = 4: z + 8192 = 128 h + l, h and l of 7 bits, 32 bytes each; four products of bytes and their sum onto another one are one
// instruction of some processors. sum z q = 128 (sum h q - 64 sum q) + sum l q. WebAssembly leaves open what a second operand with the
// high bit means and where sums saturate; with 7 bits both are as one would think.
// Bytes of pairs are loaded 16 at a time and widened from there: V8 pairs loads that widen (`load_ext`) into one of the wrong place where the
// second one comes first in the code, and the compiler before it moves them about.
// Strides are in bytes; panels are `panel` bytes apart and read side by side, since memory gives more when several places are read at a time.

/** Panels side by side, by rows: as many as the registers have sums for. */
export const Q8_PANELS = [4, 2, 1, 1];

const ARGUMENTS = ['z: usize', 'zStride: usize', 's: usize', 'sStride: usize', 'b: usize', 'panel: usize', 'blocks: i32', 'c: usize', 'cStride: usize'];

const range = (count) => [...Array(count).keys()];

/** Sums of a block's products of pairs. Vector v of a panel has columns 4 v to 4 v + 3. */
function pairSums(line, rows, sums) {
  for (const r of rows) for (const { id } of sums) line(`    let i${r}_${id} = i32x4.splat(0);`);
  line('    for (let k: usize = 0; k < 16; k++) {');
  for (const r of rows) line(`      const x${r} = v128.load_splat<i32>(z${r} + (k << 2));`);
  for (const p of new Set(sums.map((one) => one.p))) {
    const own = sums.filter((one) => one.p === p);
    line(`      const a${p}: usize = b${p} + (k << 5);`);
    for (const { v, id } of own) {
      if (v % 2 === 0) line(`      const w${id} = v128.load(a${p}, ${v * 8});`);
      line(`      const q${id} = i16x8.extend_${v % 2 ? 'high' : 'low'}_i8x16_s(w${p}_${v & 2});`);
    }
    for (const r of rows) {
      for (const { id } of own) line(`      i${r}_${id} = i32x4.add(i${r}_${id}, i32x4.dot_i16x8_s(q${id}, x${r}));`);
    }
  }
  line('    }');
}

/** The same from digits: the block's bytes, which the L1 cache has, are read for the sum of q, for the high digits and for the low ones. */
function digitSums(line, rows, sums) {
  const pass = (of) => {
    line('    for (let k: usize = 0; k < 8; k++) {');
    for (const r of of.rows) line(`      const x${r} = ${of.operand(r)};`);
    for (const { p, v, id } of sums) line(`      const q${id} = v128.load(b${p} + (k << 6), ${v * 16});`);
    for (const r of of.rows) {
      for (const { id } of sums) line(`      ${of.name(r, id)} = i32x4.relaxed_dot_i8x16_i7x16_add_s(q${id}, x${r}, ${of.name(r, id)});`);
    }
    line('    }');
  };
  const name = (r, id) => `i${r}_${id}`;
  const digits = (at) => pass({ rows, name, operand: (r) => `v128.load_splat<i32>(z${r} + (k << 2), ${at})` });
  for (const { id } of sums) line(`    let n${id} = i32x4.splat(0);`);
  pass({ rows: [0], name: (_, id) => `n${id}`, operand: () => 'i8x16.splat(1)' });
  for (const r of rows) for (const { id } of sums) line(`    let ${name(r, id)} = i32x4.mul(n${id}, i32x4.splat(-64));`);
  digits(0);
  for (const r of rows) for (const { id } of sums) line(`    ${name(r, id)} = i32x4.shl(${name(r, id)}, 7);`);
  digits(32);
}

const KINDS = { Pairs: pairSums, Digits: digitSums };

/** AssemblyScript text of one tile. */
function tile(kind, height, panels, { blockBytes, scalesAt }) {
  const rows = range(height);
  const sums = range(panels).flatMap((p) => range(4).map((v) => ({ p, v, id: `${p}_${v}` })));
  const out = [`function q8${kind}${height}of${panels}(${ARGUMENTS.join(', ')}): void {`];
  const line = (text) => out.push(text);
  for (const r of rows) {
    line(`  let z${r}: usize = z + ${r} * zStride;`);
    line(`  let s${r}: usize = s + ${r} * sStride;`);
    line(`  const c${r}: usize = c + ${r} * cStride;`);
  }
  for (const p of range(panels)) line(`  let b${p}: usize = b + ${p} * panel;`);
  line(`  const end: usize = b + <usize>blocks * ${blockBytes};`);
  line('  for (; b0 < end; ) {');
  KINDS[kind](line, rows, sums);
  for (const { p, v, id } of sums) {
    if (v % 2 === 0) line(`    const h${id} = v128.load(b${p}, ${scalesAt + v * 8});`);
    line(`    const d${id} = widenHalves(i32x4.extend_${v % 2 ? 'high' : 'low'}_i16x8_s(h${p}_${v & 2}));`);
  }
  for (const r of rows) {
    line(`    const t${r} = v128.load_splat<f32>(s${r});`);
    const at = ({ p, v }) => p * 64 + v * 16;
    for (const one of sums) {
      line(`    const y${r}_${one.id} = f32x4.relaxed_madd(f32x4.convert_i32x4_s(i${r}_${one.id}), f32x4.mul(t${r}, d${one.id}), v128.load(c${r}, ${at(one)}));`);
    }
    for (const one of sums) line(`    v128.store(c${r}, y${r}_${one.id}, ${at(one)});`);
  }
  for (const p of range(panels)) line(`    b${p} += ${blockBytes};`);
  for (const r of rows) line(`    z${r} += 64; s${r} += 4;`);
  line('  }');
  line('}');
  return out.join('\n');
}

/** `name(group, rows, ...)` calls the tile of so many rows and of `panelsOf(rows)` panels, of the kind whose bytes lie in groups of so many k. */
function tileSwitch(name, panelsOf) {
  const names = ARGUMENTS.map((one) => one.split(':')[0]).join(', ');
  const cases = (kind) => Q8_PANELS.map((_, i) => `    case ${i + 1}: q8${kind}${i + 1}of${panelsOf(i + 1)}(${names}); break;`);
  const rows = (kind) => ['  switch (rows) {', ...cases(kind), '    default: unreachable();', '  }'];
  return [
    `export function ${name}(group: i32, rows: i32, ${ARGUMENTS.join(', ')}): void {`,
    '  if (group == 4) {', ...rows('Digits'), '  } else {', ...rows('Pairs'), '  }',
    '}',
  ].join('\n');
}

/** The whole generated file. */
export function q8TilesSource({ q8BlockBytes: blockBytes, q8ScalesBytes: scalesAt }) {
  const tiles = Object.keys(KINDS).flatMap((kind) =>
    Q8_PANELS.flatMap((most, i) => [...new Set([1, most])].map((panels) => tile(kind, i + 1, panels, { blockBytes, scalesAt }))),
  );
  return [
    '// Generated by kernels/q8-tiles.mjs when the kernels are built.',
    "import { widenHalves } from '../halves';",
    ...tiles,
    '/** Panels that `q8Tiles` takes side by side. */',
    `export function q8Panels(rows: i32): i32 { return ${Q8_PANELS.map((n, i) => `rows == ${i + 1} ? ${n} : `).join('')}0; }`,
    '/** One panel. */',
    tileSwitch('q8Tile', () => 1),
    '/** `q8Panels(rows)` panels. */',
    tileSwitch('q8Tiles', (rows) => Q8_PANELS[rows - 1]),
  ].join('\n\n') + '\n';
}
