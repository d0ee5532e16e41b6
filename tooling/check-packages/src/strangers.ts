import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured, toolVersion, type RunOutcome } from '../../check/src/run-tool.ts';
import type { Packed } from './pack.ts';
import { pnpmCommand } from './pnpm.ts';

/** A project of somebody else's: a folder, and what its manifest says. */
export interface Stranger {
  readonly folder: string;
  /** Of a project that is there already, none. */
  readonly manifest?: { readonly name: string; readonly dependencies: Readonly<Record<string, string>> };
}

/** What third-party projects develop with; its version is ours, so that no run installs another one. */
const TOOLS = ['fast-check', 'typescript', 'vitest'];

const tarballsOf = (packed: readonly Packed[]): Readonly<Record<string, string>> =>
  Object.fromEntries(packed.map(({ manifest, file }) => [manifest.name, `file:${file}`]));

/** What a project must name to use these packages and no more: the tarballs, and their peers that are not optional. */
export function dependenciesOn(packed: readonly Packed[]): Readonly<Record<string, string>> {
  const peers = packed.flatMap(({ manifest: { peerDependencies = {}, peerDependenciesMeta = {} } }) =>
    Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true),
  );
  return {
    ...Object.fromEntries(peers.filter((name) => !name.startsWith('@d3pm/')).map((name) => [name, toolVersion(name)])),
    ...tarballsOf(packed),
  };
}

/**
 * Installs projects in one folder outside the repository, all in one go. Each sees what it names and nothing else: no
 * package is hoisted to where one that forgot to declare it would find it.
 *
 * @param peers `named`: a peer that a project does not name is an error; `given`: the package manager adds it, as by default.
 */
export async function installStrangers(
  root: string,
  strangers: readonly Stranger[],
  { packed, peers }: { readonly packed: readonly Packed[]; readonly peers: 'given' | 'named' },
): Promise<RunOutcome> {
  for (const { folder, manifest } of strangers) {
    await mkdir(join(root, folder), { recursive: true });
    if (manifest) await writeFile(join(root, folder, 'package.json'), JSON.stringify({ ...manifest, private: true, type: 'module' }));
  }
  const tarballs = tarballsOf(packed);
  const workspace = {
    packages: strangers.map(({ folder }) => folder),
    // A published sibling would come from the registry; until then, and for this very version, it is the tarball.
    overrides: { ...tarballs, ...Object.fromEntries(TOOLS.map((name) => [name, toolVersion(name)])) },
    // The first release is 0.1.0, and what is packed before it says 0.0.0.
    peerDependencyRules: { allowedVersions: Object.fromEntries(packed.map(({ manifest }) => [manifest.name, manifest.version])) },
    autoInstallPeers: peers === 'given',
    strictPeerDependencies: true,
    hoist: false,
    allowBuilds: { 'core-js': false, esbuild: false, koffi: false },
  };
  await writeFile(join(root, 'pnpm-workspace.yaml'), JSON.stringify(workspace)); // JSON is YAML
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'strangers', private: true, type: 'module' }));
  const [pnpm, ...install] = pnpmCommand(['install', '--prefer-offline', '--ignore-scripts']);
  return runCaptured(pnpm, install, { cwd: root, timeoutMs: 180_000 });
}
