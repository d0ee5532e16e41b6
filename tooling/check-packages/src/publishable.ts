import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PublishableManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Publishable {
  /** Relative to the root, with forward slashes. */
  readonly folder: string;
  readonly manifest: PublishableManifest;
}

/** The projects that npm would publish: every package and app that is not private. */
export function publishables(root: string): readonly Publishable[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .map((path) => path.replaceAll('\\', '/').replace(/\/package\.json$/, ''))
    .sort()
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PublishableManifest }))
    .filter(({ manifest }) => manifest.private !== true);
}
