import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How numbers were made, and on what. */
export interface Provenance {
  readonly command: string;
  /** Commit of the checkout, with `+changes` when it was not clean; absent outside a checkout. */
  readonly commit?: string;
  readonly hardware: string;
  readonly node: string;
}

export function provenance(command: string): Provenance {
  const commit = currentCommit();
  const [cpu] = cpus();
  return {
    command,
    ...(commit !== undefined && { commit }),
    hardware: `${cpus().length} × ${cpu?.model.trim() || 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
  };
}

function currentCommit(): string | undefined {
  // Without the lock by which a status keeps what it has looked up: a run is in the way of nobody who commits meanwhile.
  const git = (...args: string[]): string =>
    execFileSync('git', ['--no-optional-locks', ...args], {
      cwd: dirname(fileURLToPath(import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+changes');
  } catch {
    return undefined;
  }
}
