import { sizeOf, type ActionTask } from './action-task.ts';
import { addTo, dot } from './orthonormalize.ts';
import type { SlowModes } from './slow-modes.ts';

/** Of the modes that are left out of a row, at most: a mode in it adds as much to each entry, at most. */
const MODE_ERROR = 1e-15;

/** Whether the modes there are make rows at this α: the others have decayed to 1e-15. */
export function isModal({ nextDecay }: SlowModes, rate: number): boolean {
  return Math.exp(-rate * nextDecay) <= MODE_ERROR;
}

/**
 * p exp(α R) by its slow modes,
 *
 *     exp(α R) ≈ 11ᵀ/K + Σ_k e^{−α λ_k} v_k v_kᵀ
 *
 * right to 1e-15 ‖p‖ and the residuals of the modes, absolutely. When none is left the row is uniform.
 */
export function modalRow({ decays, vectors }: SlowModes, { start, rate }: ActionTask, numStates: number): Float64Array {
  const row = new Float64Array(numStates).fill(sizeOf(start).mass / numStates);
  vectors.forEach((vector, k) => {
    const left = Math.exp(-rate * decays[k]!);
    if (left > MODE_ERROR) addTo(row, left * (typeof start === 'number' ? vector[start]! : dot(vector, start)), vector);
  });
  return row;
}
