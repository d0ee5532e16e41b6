/** A matrix whose rows lie one after the other, float64 `[count·length]`. */
export interface Rows {
  readonly values: Float64Array;
  readonly count: number;
  readonly length: number;
}

/** Columns of a strip, and rows of a panel: six strips stay in the first cache, a panel in the second. */
const [STRIP, PANEL] = [256, 64];

/** target + A Bᵀ in place, float64 `[a.count · b.count]`: the inner product of each row of A with each of B. */
export function addRowProducts(target: Float64Array, a: Rows, b: Rows): void {
  products(target, a, b, false);
}

/** target + A Aᵀ in place, on and above the diagonal alone; what is below it is undefined until {@link mirrorUpper}. */
export function addUpperRowProducts(target: Float64Array, a: Rows): void {
  products(target, a, a, true);
}

/** Copies what is above the diagonal of a square matrix to below it. */
export function mirrorUpper(matrix: Float64Array, size: number): void {
  for (let i = 1; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]!;
}

function products(target: Float64Array, a: Rows, b: Rows, upper: boolean): void {
  for (let from = 0; from < a.length; from += STRIP) {
    const to = Math.min(from + STRIP, a.length);
    for (let panel = 0; panel < b.count; panel += PANEL) {
      const panelEnd = Math.min(panel + PANEL, b.count);
      const rowsEnd = upper ? Math.min(panelEnd, a.count) : a.count;
      for (let i = 0; i < rowsEnd; i += 2) {
        for (let j = upper ? Math.max(panel, i & ~3) : panel; j < panelEnd; j += 4) {
          if (i + 2 <= rowsEnd && j + 4 <= panelEnd) addTile(target, a, b, i, j, from, to);
          else addEntries(target, a, b, [i, Math.min(i + 2, rowsEnd)], [j, Math.min(j + 4, panelEnd)], from, to);
        }
      }
    }
  }
}

/** Two rows with four: eight sums stay in registers. Destructuring would make it four times slower. */
function addTile(target: Float64Array, a: Rows, b: Rows, i: number, j: number, from: number, to: number): void {
  const x = a.values;
  const y = b.values;
  const x0 = i * a.length;
  const x1 = x0 + a.length;
  const y0 = j * b.length;
  const y1 = y0 + b.length;
  const y2 = y1 + b.length;
  const y3 = y2 + b.length;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let k = from; k < to; k++) {
    const u = x[x0 + k]!;
    const v = x[x1 + k]!;
    const p = y[y0 + k]!;
    const q = y[y1 + k]!;
    const r = y[y2 + k]!;
    const s = y[y3 + k]!;
    s00 += u * p;
    s01 += u * q;
    s02 += u * r;
    s03 += u * s;
    s10 += v * p;
    s11 += v * q;
    s12 += v * r;
    s13 += v * s;
  }
  const row = i * b.count + j;
  const next = row + b.count;
  target[row]! += s00;
  target[row + 1]! += s01;
  target[row + 2]! += s02;
  target[row + 3]! += s03;
  target[next]! += s10;
  target[next + 1]! += s11;
  target[next + 2]! += s12;
  target[next + 3]! += s13;
}

type Range = readonly [from: number, to: number];

function addEntries(target: Float64Array, a: Rows, b: Rows, rows: Range, columns: Range, from: number, to: number): void {
  for (let i = rows[0]; i < rows[1]; i++) {
    for (let j = columns[0]; j < columns[1]; j++) {
      let sum = 0;
      for (let k = from; k < to; k++) sum += a.values[i * a.length + k]! * b.values[j * b.length + k]!;
      target[i * b.count + j]! += sum;
    }
  }
}
