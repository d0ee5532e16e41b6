import { assembleModule } from './web-assembly/assemble-module.ts';
import {
  brIf,
  END,
  F64X2_ADD,
  F64X2_MUL,
  I32_ADD,
  I32_LT_U,
  i32Const,
  LOOP,
  V128_ZERO,
  v128Load,
  v128Load64Splat,
  v128Store,
  type Code,
} from './web-assembly/instructions.ts';

const ROWS = [0, 1, 2, 3];
const PAIRS = [0, 1];
/** Of four float64. */
const BYTES = 32;

/**
 * A WebAssembly module of one function, `setColumns`, which is that of a {@link ProductKernel}: for every strip of four rows
 *
 *     product[row, column] = Σ_k strip[k, row] · panel[k, column]
 *
 * in eight registers of two float64. `strip` is the address of the first k that counts in the first strip, `endOfStrips` where
 * a strip behind the last would have it; there is at least one strip, and one k.
 */
export function productModule(): Uint8Array {
  const sums = ROWS.flatMap((row) => PAIRS.map((pair) => `sum${row}${pair}`));
  const locals = {
    addresses: ['strip', 'endOfStrips', 'stripBytes', 'panel', 'endOfPanel', 'product', 'rowBytes'],
    vectors: ['value', 'right0', 'right1', ...sums],
    pointers: ['a', 'b'],
  };
  return assembleModule('setColumns', locals, ({ get, set, tee }) => {
    const moved = (name: string, bytes: Code): Code => [get(name), bytes, I32_ADD];
    const onePlace: Code = [
      PAIRS.map((pair) => [get('b'), v128Load(16 * pair), set(`right${pair}`)]),
      ROWS.map((row) => [
        [get('a'), v128Load64Splat(8 * row), set('value')],
        PAIRS.map((pair) => [[get(`sum${row}${pair}`), get('value'), get(`right${pair}`), F64X2_MUL, F64X2_ADD], set(`sum${row}${pair}`)]),
      ]),
      [moved('a', i32Const(BYTES)), set('a')],
      [moved('b', i32Const(BYTES)), tee('b'), get('endOfPanel'), I32_LT_U, brIf(0)],
    ];
    const oneStrip: Code = [
      sums.map((sum) => [V128_ZERO, set(sum)]),
      [get('strip'), set('a'), get('panel'), set('b')],
      [LOOP, onePlace, END],
      ROWS.map((row) => [
        PAIRS.map((pair) => [get('product'), get(`sum${row}${pair}`), v128Store(16 * pair)]),
        [moved('product', get('rowBytes')), set('product')],
      ]),
      [moved('strip', get('stripBytes')), tee('strip'), get('endOfStrips'), I32_LT_U, brIf(0)],
    ];
    return [LOOP, oneStrip, END, END];
  });
}
