/**
 * Threefry-2x32 with 20 rounds: encrypts the counter (c0, c1) under the key (k0, k1) and writes two
 * unsigned 32-bit words into `out`. Salmon et al., 2011; checked against the vectors of Random123.
 *
 * Written out round by round, and in signed integers from the first line on: a loop over a table of rotations, or one sum that
 * leaves the range of a signed integer, takes three times as long.
 */
// prettier-ignore
export function threefry2x32(k0: number, k1: number, c0: number, c1: number, out: Uint32Array): void {
  const a = k0 | 0, b = k1 | 0, c = 0x1bd11bda ^ a ^ b;
  let x = ((c0 | 0) + a) | 0;
  let y = ((c1 | 0) + b) | 0;
  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + b) | 0; y = (y + ((c + 1) | 0)) | 0;
  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + c) | 0; y = (y + ((a + 2) | 0)) | 0;
  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + a) | 0; y = (y + ((b + 3) | 0)) | 0;
  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + b) | 0; y = (y + ((c + 4) | 0)) | 0;
  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + c) | 0; y = (y + ((a + 5) | 0)) | 0;
  out[0] = x;
  out[1] = y;
}
