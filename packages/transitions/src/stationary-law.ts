import { D3pmError } from '@d3pm/core';

/** How far π Q_t may be from π: rounding of the elimination stays far below. */
const TOLERANCE = 1e-10;

/**
 * The one law π with π Q = π for each of the matrices.
 *
 * Section 3.1 and A.1 ask for it. A finite chain has exactly one when it has one closed class of states (a set that it does not
 * leave). That of the average of all matrices is found and solved by the subtraction-free elimination of
 * Grassmann, Taksar and Heyman (1985); then every matrix must keep it.
 *
 * @param matrices Row-stochastic float64 `[K·K]`; read twice.
 * @throws {D3pmError} `NO_STATIONARY` when there is more than one closed class, or no law that all keep.
 */
export function stationaryLaw(name: string, numStates: number, matrices: () => Iterable<Float64Array>): Float64Array {
  const average = new Float64Array(numStates ** 2);
  let count = 0;
  for (const matrix of matrices()) {
    for (let at = 0; at < average.length; at++) average[at]! += matrix[at]!;
    count++;
  }
  for (let at = 0; at < average.length; at++) average[at]! /= count;
  const classes = closedClasses(average, numStates);
  if (classes.length > 1) {
    throw new D3pmError(
      'NO_STATIONARY',
      `${name}: the states fall into ${classes.length} closed classes (those of state ${classes[0]![0]} and of state ${classes[1]![0]} never meet), so no stationary law is unique; a chain that jumps between them has one (is every β 0?), or give the builder a prior, which withLearnedPrior of @d3pm/models can then learn`,
    );
  }
  const law = eliminate(average, classes[0]!, numStates);
  let index = 0;
  for (const matrix of matrices()) {
    if (!isKept(law, matrix, numStates)) {
      throw new D3pmError(
        'NO_STATIONARY',
        `${name}: no law is kept by every step (matrix ${index + 1} of ${count} changes the one that their average has); give the builder a prior, which withLearnedPrior of @d3pm/models can then learn`,
      );
    }
    index++;
  }
  return law;
}

/** The sets of states that reach each other and nothing else, each in order. */
function closedClasses(matrix: Float64Array, numStates: number): number[][] {
  const classes: number[][] = [];
  const settled = new Uint8Array(numStates);
  for (let start = 0; start < numStates; start++) {
    if (settled[start]) continue;
    const after = reachable(numStates, start, (from, to) => matrix[from * numStates + to]! > 0);
    const before = reachable(numStates, start, (from, to) => matrix[to * numStates + from]! > 0);
    // All that `start` reaches can come back, or `start` is left for good.
    if (after.some((seen, state) => seen === 1 && !before[state])) continue;
    const closed = [...after.keys()].filter((state) => after[state]);
    for (const state of closed) settled[state] = 1;
    classes.push(closed);
  }
  return classes;
}

function reachable(numStates: number, start: number, isEdge: (from: number, to: number) => boolean): Uint8Array {
  const seen = new Uint8Array(numStates);
  seen[start] = 1;
  const queue = [start];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (let next = 0; next < numStates; next++) {
      if (seen[next] || !isEdge(state, next)) continue;
      seen[next] = 1;
      queue.push(next);
    }
  }
  return seen;
}

/** π of the closed class `states`: states are eliminated from the last on, and their law is filled in backwards. */
function eliminate(matrix: Float64Array, states: readonly number[], numStates: number): Float64Array {
  const size = states.length;
  const jump = states.map((from) => Float64Array.from(states, (to) => matrix[from * numStates + to]!));
  for (let k = size - 1; k > 0; k--) {
    let leaving = 0;
    for (let j = 0; j < k; j++) leaving += jump[k]![j]!;
    for (let i = 0; i < k; i++) {
      const through = (jump[i]![k]! /= leaving);
      if (through > 0) for (let j = 0; j < k; j++) jump[i]![j]! += through * jump[k]![j]!;
    }
  }
  const weight = new Float64Array(size);
  weight[0] = 1;
  for (let k = 1; k < size; k++) for (let i = 0; i < k; i++) weight[k]! += weight[i]! * jump[i]![k]!;
  const total = weight.reduce((sum, w) => sum + w, 0);
  const law = new Float64Array(numStates);
  states.forEach((state, k) => (law[state] = weight[k]! / total));
  return law;
}

/** Whether π Q = π in the first `columns` entries, up to rounding. */
export function isKept(law: Float64Array, matrix: Float64Array, numStates: number, columns: number = numStates): boolean {
  const moved = new Float64Array(columns);
  for (let i = 0; i < numStates; i++) {
    const weight = law[i]!;
    for (let j = 0, at = i * numStates; j < columns; j++, at++) moved[j] = moved[j]! + weight * matrix[at]!;
  }
  return moved.every((prob, j) => Math.abs(prob - law[j]!) <= TOLERANCE);
}
