// The assignment problem: each row gets a column of its own, and the sum of costs is least. By shortest augmenting paths with potentials
// (Kuhn 1955; Jonker and Volgenant 1987), which takes rows^2 times columns steps.

/** By row, its column. `cost` is row-major with at least as many columns as rows. */
export function assign(cost: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns) throw new Error('more rows than columns');
  const [ofRow, ofColumn] = [new Float64Array(rows), new Float64Array(columns)];
  const rowOf = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) augment(row);
  const columnOf = new Int32Array(rows);
  for (const [column, row] of rowOf.entries()) if (row >= 0) columnOf[row] = column;
  return columnOf;

  /** Gives a free row a column: along the cheapest path of rows that move on to another one. */
  function augment(free: number) {
    const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(columns).fill(-1);
    const isDone = new Uint8Array(columns);
    let [row, column, length] = [free, -1, 0];
    do {
      let next = -1;
      for (let j = 0; j < columns; j++) {
        if (isDone[j]) continue;
        const through = length + cost[row * columns + j]! - ofRow[row]! - ofColumn[j]!;
        if (through < distance[j]!) {
          distance[j] = through;
          before[j] = column;
        }
        if (next < 0 || distance[j]! < distance[next]!) next = j;
      }
      column = next;
      length = distance[column]!;
      isDone[column] = 1;
      row = rowOf[column]!;
    } while (row >= 0);
    ofRow[free]! += length;
    for (let j = 0; j < columns; j++) {
      if (!isDone[j] || j === column) continue;
      ofRow[rowOf[j]!]! += length - distance[j]!;
      ofColumn[j]! -= length - distance[j]!;
    }
    for (let j = column; j >= 0; j = before[j]!) rowOf[j] = before[j]! >= 0 ? rowOf[before[j]!]! : free;
  }
}
