import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import type { Violation } from './check-arrows.ts';
import type { Project } from './project.ts';

/** Compares the `references` of every tsconfig with the dependencies that the manifests declare. */
export function referenceFaults(root: string, projects: readonly Project[]): readonly Violation[] {
  const compiled = projects.filter(({ folder }) => existsSync(join(root, folder, 'tsconfig.json')));
  const folderOf = new Map(compiled.map(({ folder, manifest }) => [manifest.name, folder]));
  const libraries = compiled.filter(({ kind }) => kind === 'packages' || kind === 'apps');
  const all = libraries.map(({ folder }) => folder);
  return [
    ...compare(root, 'tsconfig.json', [...all, 'tsconfig.tests.json']),
    ...compare(root, 'tsconfig.tests.json', all),
    ...libraries.flatMap(({ folder, manifest }) => {
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      return compare(
        root,
        `${folder}/tsconfig.json`,
        declared.flatMap((name) => folderOf.get(name) ?? []),
      );
    }),
  ];
}

function compare(root: string, path: string, expected: readonly string[]): readonly Violation[] {
  if (!existsSync(join(root, path))) return [];
  const { config } = ts.readConfigFile(join(root, path), ts.sys.readFile) as {
    readonly config?: { readonly references?: readonly { readonly path: string }[] };
  };
  const actual = (config?.references ?? []).map((reference) => posix.join(posix.dirname(path), reference.path));
  return [
    ...expected
      .filter((folder) => !actual.includes(folder))
      .map((folder) => ({ path, line: 1, message: `does not reference ${folder}; add it` })),
    ...actual
      .filter((folder) => !expected.includes(folder))
      .map((folder) => ({ path, line: 1, message: `references ${folder}, which is no dependency` })),
  ];
}
