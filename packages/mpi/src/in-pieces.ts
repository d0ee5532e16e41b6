/** MPI counts in 32 bits with a sign; this is well below, and a gigabyte of float32. */
const LONGEST = 2 ** 28;

/** Views of an array, one after the other, none longer than one call may take; none at all of an empty one. */
export function inPieces<T extends Float32Array | Float64Array | Uint8Array>(array: T, longest: number = LONGEST): readonly T[] {
  const pieces: T[] = [];
  for (let start = 0; start < array.length; start += longest) pieces.push(array.subarray(start, start + longest) as T);
  return pieces;
}
