import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes what was compiled from sources that are gone: the compiler leaves it in dist/, where it would be packed, and
 * imported. Returns the paths.
 */
export function removeStaleOutputs(root: string): readonly string[] {
  const stale = globSync('{packages,apps}/*/dist/**/*.{js,d.ts,js.map,d.ts.map}', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !existsSync(join(root, path.replace('/dist/', '/src/').replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts'))));
  for (const path of stale) rmSync(join(root, path));
  return stale;
}
