import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { pnpmCommand } from '../../check-packages/src/pnpm.ts';

/** The environment of tools that ask for `pnpm` and `node`: PATH begins with this Node, and with a pnpm where the machine has none. `folder` is made for it. */
export async function toolEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const [command, ...args] = pnpmCommand([]);
  await mkdir(folder);
  if (command !== 'pnpm') await writeFile(join(folder, 'pnpm'), `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
  return { ...process.env, PATH: [folder, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };
}
