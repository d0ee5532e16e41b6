import { assembleModule } from '../web-assembly/assemble-module.ts';
import {
  brIf,
  END,
  F64X2_ADD,
  F64X2_MUL,
  F64X2_SPLAT,
  I32_ADD,
  I32_LOAD,
  I32_LT_U,
  i32Const,
  LOOP,
  V128_ZERO,
  v128Load,
  v128Load64Splat,
  v128Store,
  type Code,
} from '../web-assembly/instructions.ts';

/**
 * A WebAssembly module of one function, `advance`, which is one step of a {@link BlockRecurrence}: for each state i in turn
 *
 *     inflow = Σ_e rate_e · x[target_e]            over its jumps e, a block of `width` float64 each
 *     y[i] = scale · inflow + diagonal_i · x[i] + carry · y[i],    sum[i] += weights ⊙ y[i]
 *
 * It imports `d3pm.memory`. Every state has a jump; `end` is where the addresses behind the last target of each state are.
 *
 * @param width Even: two float64 to a register.
 */
export function recurrenceModule(width: number): Uint8Array {
  const pairs = [...Array(width / 2).keys()];
  const locals = {
    addresses: ['end', 'endOfEnds', 'target', 'rate', 'diagonal', 'weights', 'x', 'y', 'sum'],
    numbers: ['scale', 'carry'],
    vectors: ['value', 'scales', 'carries', ...pairs.flatMap((pair) => [`inflow${pair}`, `weight${pair}`])],
    pointers: ['own', 'lastTarget', 'from'],
  };
  return assembleModule('advance', locals, ({ get, set, tee }) => {
    const moved = (name: string, bytes: number): Code => [get(name), i32Const(bytes), I32_ADD];
    /** What is at an address, times a register that holds one number twice. */
    const scaled = (address: string, pair: number, factor: string): Code => [get(address), v128Load(16 * pair), get(factor), F64X2_MUL];

    const oneJump: Code = [
      [get('target'), I32_LOAD, get('x'), I32_ADD, set('from')],
      [get('rate'), v128Load64Splat(0), set('value')],
      pairs.map((pair) => [get(`inflow${pair}`), scaled('from', pair, 'value'), F64X2_ADD, set(`inflow${pair}`)]),
      [moved('rate', 8), set('rate')],
      [moved('target', 4), tee('target'), get('lastTarget'), I32_LT_U, brIf(0)],
    ];
    const oneState: Code = [
      [get('end'), I32_LOAD, set('lastTarget')],
      pairs.map((pair) => [V128_ZERO, set(`inflow${pair}`)]),
      [LOOP, oneJump, END],
      [get('diagonal'), v128Load64Splat(0), set('value')],
      pairs.map((pair) => [
        [get('y'), get(`inflow${pair}`), get('scales'), F64X2_MUL],
        [scaled('own', pair, 'value'), F64X2_ADD, scaled('y', pair, 'carries'), F64X2_ADD],
        [tee(`inflow${pair}`), v128Store(16 * pair)],
        [
          get('sum'),
          get('sum'),
          v128Load(16 * pair),
          get(`inflow${pair}`),
          get(`weight${pair}`),
          F64X2_MUL,
          F64X2_ADD,
          v128Store(16 * pair),
        ],
      ]),
      ['own', 'y', 'sum'].map((name) => [moved(name, 8 * width), set(name)]),
      [moved('diagonal', 8), set('diagonal')],
      [moved('end', 4), tee('end'), get('endOfEnds'), I32_LT_U, brIf(0)],
    ];
    return [
      [get('scale'), F64X2_SPLAT, set('scales'), get('carry'), F64X2_SPLAT, set('carries')],
      pairs.map((pair) => [get('weights'), v128Load(16 * pair), set(`weight${pair}`)]),
      [get('x'), set('own')],
      [LOOP, oneState, END],
      END,
    ];
  });
}
