import { createHash } from 'node:crypto';

const PIECE = 2 ** 28; // one call takes less than 2 GiB

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.length; start += PIECE) hash.update(bytes.subarray(start, start + PIECE));
  return hash.digest('hex');
}
