import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder in which the program is run as a person runs it. */
export interface CliBed {
  readonly folder: string;
  readonly at: (...path: readonly string[]) => string;
  readonly d3pm: (...args: readonly string[]) => Ended;
  /** Throws where the program fails. */
  readonly succeed: (...args: readonly string[]) => void;
  readonly remove: () => void;
}

/** Makes the folder. `common` are flags of every call. */
export function cliBed(...common: readonly string[]): CliBed {
  const folder = mkdtempSync(join(tmpdir(), 'd3pm-cli-'));
  const d3pm = (...args: readonly string[]): Ended => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, ...common], { encoding: 'utf8', cwd: folder });
    return { code: status, out: stdout, err: stderr };
  };
  return {
    folder,
    at: (...path) => join(folder, ...path),
    d3pm,
    succeed: (...args) => {
      const { code, err } = d3pm(...args);
      if (code !== 0) throw new Error(err);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
