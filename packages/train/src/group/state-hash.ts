import type { TrainerState } from '../trainer-state.ts';

/** FNV-1a (Fowler, Noll and Vo) over words of 32 bits in place of bytes: finds differences, and no forgery. */
const [OFFSET, PRIME] = [0x811c9dc5, 0x01000193];

/** Eight hexadecimal digits of all vectors of a state, which two states that differ in a bit have in common with a chance of 2⁻³². */
export async function stateHash({ parameters, moment1, moment2, average }: TrainerState): Promise<string> {
  let hash = OFFSET;
  for (const vector of [parameters, moment1, moment2, ...(average ? [average] : [])]) {
    const { buffer, byteOffset, length } = await vector.data<'float32'>();
    const words = new Uint32Array(buffer, byteOffset, length);
    // An iterator over millions of words takes ten times as long.
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ words[i]!, PRIME);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
