import { assertInteger } from '@d3pm/core';

/**
 * Takes bytes to K levels of equal width: x in 0…255 becomes the state ⌊x·K / 256⌋, in 0…K−1. With K = 256 nothing changes.
 *
 * @returns a copy, which the caller owns
 * @throws {D3pmError} `INVALID_OPTIONS` unless K is in 2…256
 */
export function quantizeLevels(bytes: Uint8Array, numStates: number): Uint8Array<ArrayBuffer> {
  assertInteger('quantizeLevels', 'numStates', numStates, 2, 256);
  const states = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) states[i] = (bytes[i]! * numStates) >> 8;
  return states;
}
