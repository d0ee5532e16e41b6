import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { engineFaults } from './engine-faults.ts';

/** Names that say a file was made for us and not for a user. */
const NOT_FOR_USERS = /(?:^|\/)(?:test|bench|runs|coverage|node_modules)\/|\.tsbuildinfo$|\.test\.[cm]?[jt]s$|(?:^|\/)tsconfig[^/]*\.json$/;
const NEEDED = ['package.json', 'README.md', 'LICENSE'];

export interface Tarball {
  /** Paths in the tarball, relative to its package folder. */
  readonly files: readonly string[];
  /** The text of its package.json. */
  readonly manifest: string;
}

/** What is wrong with what would be published, beyond what publint looks at. `folder` is the package's own folder. */
export function tarballFaults(folder: string, { files, manifest }: Tarball): readonly string[] {
  return [
    ...NEEDED.filter((name) => !files.includes(name)).map((name) => `${name} is missing`),
    ...files.filter((path) => NOT_FOR_USERS.test(path)).map((path) => `${path} is not for users; keep it out by "files"`),
    ...files
      .filter((path) => /^dist\/.*\.js$/.test(path))
      .filter((path) => !existsSync(join(folder, path.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'))))
      .map((path) => `${path} has no source any more; remove the package's dist/ and build again`),
    ...publishConfigFaults(manifest),
    ...engineFaults(folder, manifest),
    ...[...manifest.matchAll(/"(?:workspace|catalog):[^"]*"/g)].map(([range]) => `package.json still says ${range}`),
  ];
}

/** What npm must be told each time: a package of a scope is private, and has no provenance, unless it says otherwise. */
function publishConfigFaults(manifest: string): readonly string[] {
  const { publishConfig = {} } = JSON.parse(manifest) as { readonly publishConfig?: Readonly<Record<string, unknown>> };
  return Object.entries({ access: 'public', provenance: true })
    .filter(([name, value]) => publishConfig[name] !== value)
    .map(
      ([name, value]) => `package.json has publishConfig.${name} ${JSON.stringify(publishConfig[name])}, expected ${JSON.stringify(value)}`,
    );
}
