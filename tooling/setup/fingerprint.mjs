import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose direct children may be workspace projects; they follow `packages:` in pnpm-workspace.yaml. */
const PROJECT_PARENTS = ['packages', 'apps', 'tooling'];

/**
 * What an install depends on, as one hash: the lock file, the workspace file, every manifest, and the platform.
 * Two equal fingerprints mean that node_modules of the one is right for the other.
 *
 * @param {string} root the repository's root
 * @returns {string} hexadecimal
 */
export function installFingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const path of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests(root)]) {
    const file = join(root, path);
    if (existsSync(file)) hash.update(`\n${path}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param {string} root */
function manifests(root) {
  const nested = PROJECT_PARENTS.filter((parent) => existsSync(join(root, parent))).flatMap((parent) =>
    readdirSync(join(root, parent))
      .sort()
      .map((name) => `${parent}/${name}/package.json`),
  );
  return ['package.json', ...nested, 'docs/package.json'];
}
