/** Rearranges an array whose first axis is fastest (Fortran order) so that the last is. @returns a copy; `width` is bytes a number. */
export function cOrder(bytes: Uint8Array, shape: readonly number[], width: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  const strides: number[] = [];
  shape.reduce((stride, dimension) => {
    strides.push(stride);
    return stride * dimension;
  }, width);
  const position = shape.map(() => 0);
  let source = 0;
  for (let target = 0; target < result.length; target += width) {
    for (let byte = 0; byte < width; byte++) result[target + byte] = bytes[source + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return result;
}
