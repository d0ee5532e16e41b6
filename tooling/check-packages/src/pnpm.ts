import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const windows = process.platform === 'win32';

/** The command line of pnpm: the one on the path, else the one that npm fetches. */
export function pnpmCommand(args: readonly string[]): readonly [string, ...string[]] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, windows ? 'pnpm.cmd' : 'pnpm')))) return ['pnpm', ...args];
  return ['npx', '--yes', 'pnpm@12.21.0', ...args];
}
