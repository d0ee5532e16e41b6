import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContestantCommand } from './contestant.ts';
import type { Peer } from './work.ts';

/** Column titles. */
export const peerTitles: Readonly<Record<Peer, string>> = { numpy: 'NumPy', torch: 'PyTorch', jax: 'JAX' };

/** A peer that can run, or why it cannot. */
export type PeerState = { readonly python: string } | { readonly missing: string };

/** Runs a command and returns its standard output; throws when it cannot be run or fails. */
export type RunCommand = (file: string, args: readonly string[]) => string;

const runCommand: RunCommand = (file, args) => execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Whether the framework of a peer can be imported.
 *
 * @param python The interpreter: `$D3PM_PYTHON`, unless given.
 */
export function findPeer(peer: Peer, python: string = process.env['D3PM_PYTHON'] ?? 'python3', run: RunCommand = runCommand): PeerState {
  try {
    run(python, ['-c', 'import sys; assert sys.version_info >= (3, 9)']);
  } catch {
    return { missing: `there is no Python 3.9 or later at "${python}"; set D3PM_PYTHON to one` };
  }
  try {
    run(python, ['-c', `import numpy, ${peer}`]);
    return { python };
  } catch {
    return { missing: `${python} has no ${peer}; install it with "${python} -m pip install numpy${peer === 'numpy' ? '' : ` ${peer}`}"` };
  }
}

export function peerCommand(peer: Peer, python: string, work: string, threads: number): ContestantCommand {
  const file = fileURLToPath(new URL(`../peers/${peer}_peer.py`, import.meta.url));
  return { name: peerTitles[peer], file: python, args: [file, work, String(threads)] };
}
