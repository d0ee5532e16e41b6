import type { Packed } from '../../check-packages/src/pack.ts';

/** What would be packed of a package with this manifest. */
export function madePacked(
  manifest: { readonly name: string; readonly version: string } & Readonly<Record<string, unknown>>,
  file = '',
): Packed {
  return { folder: `packages/${manifest.name}`, manifest, file, tarball: { files: ['package.json'], manifest: JSON.stringify(manifest) } };
}
