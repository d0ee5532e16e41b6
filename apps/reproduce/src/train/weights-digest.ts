import { createHash } from 'node:crypto';

/** SHA-256 of the names, shapes and numbers of a network, hexadecimal. */
export function weightsDigest(
  weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: NodeJS.TypedArray }>>,
): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of Object.entries(weights)) {
    hash.update(`${name} ${shape.join(',')}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
