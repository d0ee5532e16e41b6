/** The part of a package-lock.json that is looked at. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/** What all packages share, and breaks in two copies: it has the tensors and the kernels of the process. */
const SHARED = '@tensorflow/tfjs-core';

/** What is wrong with an installation: each tarball, by its name and integrity, is there once and as it was published, and tfjs-core is there once. */
export function lockFaults({ packages }: Lock, published: ReadonlyMap<string, string>): readonly string[] {
  const copiesOf = (name: string): readonly string[] => Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
  return [
    ...[...published.keys(), SHARED]
      .map((name) => ({ name, copies: copiesOf(name) }))
      .filter(({ copies }) => copies.length !== 1)
      .map(({ name, copies }) => `${name} is installed ${copies.length} times, expected once: ${copies.join(', ')}`),
    ...[...published].flatMap(([name, integrity]) =>
      copiesOf(name)
        .filter((path) => packages[path]?.integrity !== integrity)
        .map((path) => `${path} is not what was published`),
    ),
  ];
}
