import type { Packed } from '../../check-packages/src/pack.ts';

interface Dependent {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The packages, each after those it depends on: whoever installs while a release is under way finds what he needs.
 *
 * @throws where they depend on each other in a circle.
 */
export function publishOrder(packed: readonly Packed[]): readonly Packed[] {
  const names = new Set(packed.map(({ manifest }) => manifest.name));
  const needs = ({ tarball }: Packed): readonly string[] =>
    Object.keys((JSON.parse(tarball.manifest) as Dependent).dependencies ?? {}).filter((name) => names.has(name));
  const ordered: Packed[] = [];
  const done = new Set<string>();
  while (ordered.length < packed.length) {
    const next = packed.filter((one) => !done.has(one.manifest.name) && needs(one).every((name) => done.has(name)));
    if (next.length === 0) {
      const left = packed.map(({ manifest }) => manifest.name).filter((name) => !done.has(name));
      throw new Error(`publishOrder: ${left.join(', ')} depend on each other in a circle; one of the dependencies has to go`);
    }
    ordered.push(...next);
    for (const { manifest } of next) done.add(manifest.name);
  }
  return ordered;
}
