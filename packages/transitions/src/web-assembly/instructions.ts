/** Bytes, in the groups in which they are written. */
export type Code = readonly (Code | number)[];

/** LEB128, 7 bits a byte. */
export function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a number ≥ 0 where a sign is expected: its top bit must be 0. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}

// The instructions that are used, by their names in the WebAssembly specification.
export const LOOP: Code = [0x03, 0x40];
export const END: Code = [0x0b];
export const I32_ADD: Code = [0x6a];
export const I32_LT_U: Code = [0x49];
export const I32_LOAD: Code = [0x28, 2, 0];
export const V128_ZERO: Code = [0xfd, 0x0c, /* @__PURE__ */ new Array<number>(16).fill(0)];
export const F64X2_SPLAT: Code = [0xfd, 0x14];
export const F64X2_ADD: Code = [0xfd, 0xf0, 1];
export const F64X2_MUL: Code = [0xfd, 0xf2, 1];
export const brIf = (depth: number): Code => [0x0d, depth];
export const i32Const = (value: number): Code => [0x41, signed(value)];
export const v128Load = (offset: number): Code => [0xfd, 0x00, 3, unsigned(offset)];
export const v128Load64Splat = (offset: number): Code => [0xfd, 0x0a, 3, unsigned(offset)];
export const v128Store = (offset: number): Code => [0xfd, 0x0b, 3, unsigned(offset)];
