/** Where each of the points of a swiss roll lies along it, 0…1 from the inside, by its distance from the centre. */
export function rollPlaces(states: Int32Array, numStates: number): Float64Array {
  const centre = (numStates - 1) / 2;
  return Float64Array.from({ length: states.length / 2 }, (_, i) => {
    const radius = Math.hypot(states[2 * i]! - centre, states[2 * i + 1]! - centre) / centre;
    return Math.min(1, Math.max(0, (radius - 0.29) / 0.59));
  });
}
