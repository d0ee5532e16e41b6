import { createRng } from '@d3pm/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { columnsOf, writeStart } from './action-task.ts';
import type { BlockRecurrence } from './block-recurrence.ts';
import { chebyshevRecurrence } from './chebyshev-recurrence.ts';
import { addTo, dot, orthonormalize } from './orthonormalize.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** The eigenvectors of R whose eigenvalues −λ are nearest to 0, without the constant one. */
export interface SlowModes {
  /** λ, ascending. */
  readonly decays: Float64Array;
  /** Orthonormal, float64 `[K]` each. */
  readonly vectors: readonly Float64Array[];
  /** λ of all modes that are not here, at least; ∞ when there are none. */
  readonly nextDecay: number;
}

/** Vectors that are iterated, and how many of them must converge: the last ones do so slowly. */
const BLOCK = 64;
const WANTED = 16;
const ROUNDS = 24;
/** ln of how much more a filter lets through of the slowest mode than of those it suppresses: vectors stay well apart. */
const CONTRAST = 18;
const MOST_STEPS = 2000;
/** Residual |R v + λ v| that counts as converged, in units of the spectral radius. */
const CONVERGED = 2e-13;

/**
 * Slow modes by subspace iteration: a block of random vectors goes through a Chebyshev polynomial of R that is small on
 * all but the wanted end of the spectrum, is made orthonormal and turned to its Ritz vectors (Zhou and Saad, 2007), until the
 * residuals of enough of them are rounding. Modes of one eigenvalue, whatever their number, come together.
 *
 * λ is the Rayleigh quotient as a sum of squares, ½ Σ A_ij (v_i − v_j)², right also where it is far below the rounding of R.
 */
export function slowModes(generator: SymmetricGenerator, recurrence: BlockRecurrence, radius: number): SlowModes {
  const { numStates } = generator;
  const count = Math.min(BLOCK, numStates - 1);
  const rng = createRng('slow modes');
  let vectors: readonly Float64Array[] = Array.from({ length: count }, (_, k) => {
    const stream = rng.split(k);
    return Float64Array.from({ length: numStates }, (__, i) => stream.float64(i) - 0.5);
  });
  orthonormalize(vectors);
  let cut = radius / 8;
  let converged = 0;
  let decays: Float64Array = new Float64Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    // Nothing is left to suppress when the block spans everything.
    if (count < numStates - 1) vectors = filtered(generator, recurrence, vectors, { cut, radius });
    orthonormalize(vectors);
    const images = imagesOf(generator, recurrence, vectors);
    const ritz = ritzPairs(vectors, images);
    vectors = combined(vectors, ritz.turns);
    const turned = combined(images, ritz.turns);
    decays = ritz.decays;
    const residuals = vectors.map((vector, k) => residualOf(turned[k]!, decays[k]!, vector));
    const first = residuals.findIndex((residual) => residual > CONVERGED * radius);
    converged = first < 0 ? count : first;
    if (converged >= WANTED || count === numStates - 1) break;
    cut = Math.min(Math.max(decays[count - 1]!, radius * 1e-9), radius / 2);
  }
  if (count === numStates - 1) converged = count;
  const kept = vectors.slice(0, converged);
  const exact = Float64Array.from(kept, (vector) => dirichletForm(generator, vector));
  return { decays: exact, vectors: kept, nextDecay: count === numStates - 1 ? Infinity : (exact.at(-1) ?? 0) };
}

/** T_m(X) of each vector, where X maps the eigenvalues in [−ρ, −cut] to [−1, 1]. */
function filtered(
  { exitRates }: SymmetricGenerator,
  recurrence: BlockRecurrence,
  vectors: readonly Float64Array[],
  { cut, radius }: { readonly cut: number; readonly radius: number },
): Float64Array[] {
  const growth = Math.acosh((radius + cut) / (radius - cut));
  const steps = Math.min(MOST_STEPS, Math.ceil(CONTRAST / growth));
  return throughBlocks(recurrence, vectors, () => chebyshevRecurrence(recurrence, { exitRates, slowest: cut, fastest: radius }, steps));
}

/** R v of each vector. */
function imagesOf({ exitRates }: SymmetricGenerator, recurrence: BlockRecurrence, vectors: readonly Float64Array[]): Float64Array[] {
  return throughBlocks(recurrence, vectors, () => {
    recurrence.vectors[1].fill(0);
    for (let i = 0; i < exitRates.length; i++) recurrence.diagonal[i] = -exitRates[i]!;
    recurrence.advance(0, 1, 0);
    return 1;
  });
}

/** What `work` makes of each vector, in blocks; it returns where the result is. */
function throughBlocks({ width, vectors: blocks }: BlockRecurrence, vectors: readonly Float64Array[], work: () => 0 | 1): Float64Array[] {
  const results: Float64Array[] = [];
  for (let first = 0; first < vectors.length; first += width) {
    const part = vectors.slice(first, first + width);
    blocks[0].fill(0);
    part.forEach((vector, column) => writeStart(blocks[0], width, column, vector));
    const result = blocks[work()];
    results.push(...columnsOf(result, width, part.length));
  }
  return results;
}

/** Eigenvalues, ascending, and eigenvectors of −R within the span of orthonormal vectors. */
function ritzPairs(
  vectors: readonly Float64Array[],
  images: readonly Float64Array[],
): { readonly decays: Float64Array; readonly turns: Float64Array[] } {
  const projected = new Matrix(vectors.map((vector) => images.map((image) => -dot(vector, image))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(projected.add(projected.transpose()).div(2), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[a]! - realEigenvalues[b]!);
  return {
    decays: Float64Array.from(order, (k) => realEigenvalues[k]!),
    turns: order.map((k) => Float64Array.from(eigenvectorMatrix.getColumn(k))),
  };
}

/** Σ_k turn_k v_k for each turn. */
function combined(vectors: readonly Float64Array[], turns: readonly Float64Array[]): Float64Array[] {
  return turns.map((turn) => {
    const result = new Float64Array(vectors[0]!.length);
    vectors.forEach((vector, k) => addTo(result, turn[k]!, vector));
    return result;
  });
}

/** |R v + λ v| */
function residualOf(image: Float64Array, decay: number, vector: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (image[i]! + decay * vector[i]!) ** 2;
  return Math.sqrt(squares);
}

/** ½ Σ A_ij (v_i − v_j)² of a unit vector. */
function dirichletForm({ rowStarts, targets, rates }: SymmetricGenerator, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) {
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) sum += rates[edge]! * (vector[i]! - vector[targets[edge]!]!) ** 2;
  }
  return sum / 2;
}
