import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a manifest that says what may be imported, and what others may import. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export type ProjectKind = 'packages' | 'apps' | 'tooling' | 'docs';

/** One project of the workspace. Paths are relative to the repository's root, with forward slashes. */
export interface Project {
  readonly kind: ProjectKind;
  readonly folder: string;
  readonly manifest: Manifest;
  /** Paths of its TypeScript and JavaScript files. */
  readonly files: readonly string[];
}

/** Reads every project of the workspace that lies in `root`; a folder under tooling/ may have no manifest of its own. */
export function readProjects(root: string): readonly Project[] {
  const folders = [...globSync(['packages/*', 'apps/*', 'tooling/*'], { cwd: root }), 'docs'].map(toSlashes).sort();
  return folders.flatMap((folder): Project[] => {
    const kind = folder.split('/')[0] as ProjectKind;
    const manifest = readManifest(join(root, folder, 'package.json'));
    if (manifest === undefined && kind !== 'tooling') return [];
    const files = globSync('**/*.{ts,mts,js,mjs}', {
      cwd: join(root, folder),
      exclude: (path) => /^(?:node_modules|dist|site|api|fixtures|\..*)$/.test(path.split(/[\\/]/).at(-1) ?? ''),
    });
    return [{ kind, folder, manifest: manifest ?? { name: folder }, files: files.map((file) => `${folder}/${toSlashes(file)}`).sort() }];
  });
}

export const readManifest = (path: string): Manifest | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;

/** The source files behind a package's `exports` and `bin`: `./dist/a.js` comes from `src/a.ts`. */
export function entrySources({ folder, manifest }: Project): readonly string[] {
  const targets = [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.bin ?? {})]
    .map((target) => (typeof target === 'string' ? target : (target['default'] ?? '')))
    .filter((target) => target.startsWith('./dist/'));
  return [...new Set(targets)].map((target) => `${folder}/src/${target.slice('./dist/'.length).replace(/\.js$/, '.ts')}`);
}

const toSlashes = (path: string): string => path.replaceAll('\\', '/');
