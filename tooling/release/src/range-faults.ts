import type { Packed } from '../../check-packages/src/pack.ts';

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packed packages that are not of a version, or that want another one of each other. */
export function rangeFaults(packed: readonly Packed[], version: string): readonly string[] {
  const names = new Set(packed.map(({ manifest }) => manifest.name));
  return packed.flatMap(({ manifest: { name }, tarball }) => {
    const manifest = JSON.parse(tarball.manifest) as Manifest;
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
    return [
      ...(manifest.version === version ? [] : [`${name} is packed as ${manifest.version}, expected ${version}`]),
      ...ranges
        .filter(([wanted, range]) => names.has(wanted) && range !== `^${version}`)
        .map(([wanted, range]) => `${name} wants ${wanted} ${range}, expected ^${version}`),
    ];
  });
}
