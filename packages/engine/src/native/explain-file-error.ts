import { D3pmError } from '@d3pm/core';

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'];
const FULL = ['ENOSPC', 'EDQUOT'];

/** An error of the file system as a sentence with the way out; any other error as it is. */
export function explainFileError(cause: unknown, root: string, diskBytes: number): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  if (FULL.includes(code)) return diskFull(root, diskBytes, undefined, { cause });
  if (!UNWRITABLE.includes(code)) return cause;
  return new D3pmError('ENGINE', `${root} cannot be written (${code}); set D3PM_CACHE, or the option cacheFolder, to a folder that can`, {
    cause,
  });
}

/** The error for a disk with too little room; `freeBytes` where it is known. */
export function diskFull(root: string, diskBytes: number, freeBytes?: number, options?: ErrorOptions): D3pmError {
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  const found = freeBytes === undefined ? 'is full' : `has ${megabytes(freeBytes)} free`;
  return new D3pmError(
    'ENGINE',
    `the disk of ${root} ${found}, ${megabytes(diskBytes)} are needed; free some, or set D3PM_CACHE to a folder on another disk`,
    options,
  );
}
