import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Packed } from '../../check-packages/src/pack.ts';
import { publishOrder } from './publish-order.ts';
import { runProgram } from './run-program.ts';
import type { Registry } from './start-registry.ts';

/**
 * Publishes tarballs to a registry of this machine, in the order of their dependencies, as `npm publish` does but without provenance, which only a
 * CI service can give. `folder` is made for it. Returns the names in their order.
 */
export async function publish(
  folder: string,
  { packed, registry, signal }: { readonly packed: readonly Packed[]; readonly registry: Registry; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { hostname } = new URL(registry.url);
  if (hostname !== '127.0.0.1')
    throw new Error(`publish: the registry is at ${hostname}, expected 127.0.0.1: a dry run publishes nowhere else`);
  await mkdir(folder);
  await writeFile(join(folder, '.npmrc'), registry.publisherNpmrc);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true })); // else npm reads the .npmrc of a folder above that has one
  const order = publishOrder(packed);
  for (const { file, manifest } of order) {
    // On the command line, what these say goes before every file and variable that npm reads, and before publishConfig.
    const where = [`--registry=${registry.url}`, `--${manifest.name.split('/')[0]}:registry=${registry.url}`, '--provenance=false'];
    await runProgram('npm', ['publish', file, ...where, '--access=public', '--tag=latest', '--no-update-notifier'], {
      cwd: folder,
      signal,
    });
  }
  return order.map(({ manifest }) => manifest.name);
}
