import { unsigned, type Code } from './instructions.ts';

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** What a function calls by name. */
export interface FunctionLocals {
  /** Its parameters, in order: addresses, then numbers. */
  readonly addresses: readonly string[];
  readonly numbers?: readonly string[];
  /** Two float64 each, 0 at first. */
  readonly vectors: readonly string[];
  /** Further addresses, 0 at first. */
  readonly pointers: readonly string[];
}

/** Instructions that read and write what has a name. */
export interface Locals {
  get(name: string): Code;
  set(name: string): Code;
  tee(name: string): Code;
}

/** A WebAssembly module of one function without a result, exported under its name. It imports `d3pm.memory`. */
export function assembleModule(name: string, locals: FunctionLocals, body: (locals: Locals) => Code): Uint8Array {
  const { addresses, numbers = [], vectors, pointers } = locals;
  const names = [...addresses, ...numbers, ...vectors, ...pointers];
  const at = (name: string): number[] => unsigned(names.indexOf(name));
  const code = body({ get: (name) => [0x20, at(name)], set: (name) => [0x21, at(name)], tee: (name) => [0x22, at(name)] });
  const parameters: Code = [unsigned(addresses.length + numbers.length), addresses.map(() => I32), numbers.map(() => F64)];
  const declared: Code = [2, unsigned(vectors.length), V128, unsigned(pointers.length), I32];
  return Uint8Array.from(
    bytesOf([
      [0, text('asm'), 1, 0, 0, 0],
      section(1, [1, FUNCTION, parameters, 0]),
      section(2, [1, sized(text('d3pm')), sized(text('memory')), 2, 0, 0]),
      section(3, [1, 0]),
      section(7, [1, sized(text(name)), 0, 0]),
      section(10, [1, sized([declared, code])]),
    ]),
  );
}

const bytesOf = (code: Code): number[] => (code as readonly unknown[]).flat(Infinity) as number[];
const text = (name: string): Code => Array.from(name, (letter) => letter.charCodeAt(0));
const sized = (content: Code): Code => [unsigned(bytesOf(content).length), content];
const section = (id: number, content: Code): Code => [id, sized(content)];
