/** Makes vectors orthonormal in place (modified Gram–Schmidt, twice), and orthogonal to the constant one. */
export function orthonormalize(vectors: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    vectors.forEach((vector, k) => {
      const mean = vector.reduce((sum, entry) => sum + entry, 0) / vector.length;
      for (let i = 0; i < vector.length; i++) vector[i]! -= mean;
      for (const before of vectors.slice(0, k)) addTo(vector, -dot(vector, before), before);
      const norm = Math.sqrt(dot(vector, vector));
      for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
    });
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** a += factor · b */
export function addTo(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! + factor * b[i]!;
}
