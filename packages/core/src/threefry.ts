const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Threefry-2x32 with 20 rounds: encrypts the counter (c0, c1) under the key (k0, k1) and writes two
 * unsigned 32-bit words into `out`. Salmon et al., 2011; checked against the vectors of Random123.
 */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number, out: Uint32Array): void {
  const k2 = 0x1bd11bda ^ k0 ^ k1;
  const keys = [k0, k1, k2];
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  for (let group = 1; group <= 5; group++) {
    const first = group % 2 === 1 ? 0 : 4;
    for (let i = first; i < first + 4; i++) {
      const rotation = ROTATIONS[i]!;
      x = (x + y) | 0;
      y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    }
    x = (x + keys[group % 3]!) | 0;
    y = (y + keys[(group + 1) % 3]! + group) | 0;
  }
  out[0] = x;
  out[1] = y;
}
