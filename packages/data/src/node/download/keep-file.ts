import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a system says that cannot sync a folder. */
const NOT_FOR_FOLDERS = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP'];

/** Gives a complete file its name: after a crash there is the whole file under it, or none. */
export async function keepFile(partial: string, path: string): Promise<void> {
  await sync(partial, 'r+');
  await rename(partial, path);
  await sync(dirname(path), 'r').catch((cause: unknown) => {
    if (!NOT_FOR_FOLDERS.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  });
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
