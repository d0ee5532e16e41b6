/** t ∈ 1…T of numbers on [0, 1): `1 + ⌊T u⌋`. */
export function uniformSteps(uniforms: Float64Array, numSteps: number): Int32Array {
  return Int32Array.from(uniforms, (uniform) => 1 + Math.floor(numSteps * uniform));
}
