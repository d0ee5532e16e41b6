/** Bytes, in the groups in which they are written. */
type Code = readonly (Code | number)[];

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** The instructions that are used, by their names in the WebAssembly specification. */
const LOOP: Code = [0x03, 0x40];
const END: Code = [0x0b];
const I32_ADD: Code = [0x6a];
const I32_LT_U: Code = [0x49];
const V128_LOAD64_SPLAT: Code = [0xfd, 0x0a, 3, 0];
const V128_ZERO: Code = [0xfd, 0x0c, new Array<number>(16).fill(0)];
const F64X2_SPLAT: Code = [0xfd, 0x14];
const F64X2_ADD: Code = [0xfd, unsigned(0xf0)];
const F64X2_MUL: Code = [0xfd, unsigned(0xf2)];
const brIf = (depth: number): Code => [0x0d, depth];
const i32Const = (value: number): Code => [0x41, signed(value)];
const I32_LOAD: Code = [0x28, 2, 0];
const v128Load = (offset: number): Code => [0xfd, 0x00, 3, unsigned(offset)];
const v128Store = (offset: number): Code => [0xfd, 0x0b, 3, unsigned(offset)];

/** Parameters of the function, in order; all but the last two are addresses. */
const PARAMETERS = ['end', 'endOfEnds', 'target', 'rate', 'diagonal', 'weights', 'x', 'y', 'sum', 'scale', 'carry'] as const;
const PARAMETER_TYPES = PARAMETERS.map((name) => (name === 'scale' || name === 'carry' ? F64 : I32));

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
  const vectors = ['value', 'scales', 'carries', ...pairs.flatMap((pair) => [`inflow${pair}`, `weight${pair}`])];
  const addresses = ['own', 'lastTarget', 'from'];
  const names: readonly string[] = [...PARAMETERS, ...vectors, ...addresses];
  const get = (name: string): Code => [0x20, names.indexOf(name)];
  const set = (name: string): Code => [0x21, names.indexOf(name)];
  const tee = (name: string): Code => [0x22, names.indexOf(name)];
  const moved = (name: string, bytes: number): Code => [get(name), i32Const(bytes), I32_ADD];
  /** What is at an address, times a register that holds one number twice. */
  const scaled = (address: string, pair: number, factor: string): Code => [get(address), v128Load(16 * pair), get(factor), F64X2_MUL];

  const oneJump: Code = [
    [get('target'), I32_LOAD, get('x'), I32_ADD, set('from')],
    [get('rate'), V128_LOAD64_SPLAT, set('value')],
    pairs.map((pair) => [get(`inflow${pair}`), scaled('from', pair, 'value'), F64X2_ADD, set(`inflow${pair}`)]),
    [moved('rate', 8), set('rate')],
    [moved('target', 4), tee('target'), get('lastTarget'), I32_LT_U, brIf(0)],
  ];
  const oneState: Code = [
    [get('end'), I32_LOAD, set('lastTarget')],
    pairs.map((pair) => [V128_ZERO, set(`inflow${pair}`)]),
    [LOOP, oneJump, END],
    [get('diagonal'), V128_LOAD64_SPLAT, set('value')],
    pairs.map((pair) => [
      [get('y'), get(`inflow${pair}`), get('scales'), F64X2_MUL],
      [scaled('own', pair, 'value'), F64X2_ADD, scaled('y', pair, 'carries'), F64X2_ADD],
      [tee(`inflow${pair}`), v128Store(16 * pair)],
      [get('sum'), get('sum'), v128Load(16 * pair), get(`inflow${pair}`), get(`weight${pair}`), F64X2_MUL, F64X2_ADD, v128Store(16 * pair)],
    ]),
    ['own', 'y', 'sum'].map((name) => [moved(name, 8 * width), set(name)]),
    [moved('diagonal', 8), set('diagonal')],
    [moved('end', 4), tee('end'), get('endOfEnds'), I32_LT_U, brIf(0)],
  ];
  const body: Code = [
    [get('scale'), F64X2_SPLAT, set('scales'), get('carry'), F64X2_SPLAT, set('carries')],
    pairs.map((pair) => [get('weights'), v128Load(16 * pair), set(`weight${pair}`)]),
    [get('x'), set('own')],
    [LOOP, oneState, END],
    END,
  ];
  const locals: Code = [2, unsigned(vectors.length), V128, addresses.length, I32];
  return Uint8Array.from(
    bytesOf([
      [0, text('asm'), 1, 0, 0, 0],
      section(1, [1, FUNCTION, PARAMETERS.length, PARAMETER_TYPES, 0]),
      section(2, [1, sized(text('d3pm')), sized(text('memory')), 2, 0, 0]),
      section(3, [1, 0]),
      section(7, [1, sized(text('advance')), 0, 0]),
      section(10, [1, sized([locals, body])]),
    ]),
  );
}

const bytesOf = (code: Code): number[] => (code as readonly unknown[]).flat(Infinity) as number[];
const text = (name: string): Code => Array.from(name, (letter) => letter.charCodeAt(0));
const sized = (content: Code): Code => [unsigned(bytesOf(content).length), content];
const section = (id: number, content: Code): Code => [id, sized(content)];

/** LEB128, 7 bits a byte. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a number ≥ 0 where a sign is expected: its top bit must be 0. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}
