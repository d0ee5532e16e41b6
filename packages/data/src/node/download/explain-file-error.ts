import { D3pmError, quoted } from '@d3pm/core';
import type { Download } from './download-options.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EFBIG: 'its disk does not take files so large',
  EACCES: 'it cannot be written',
  EPERM: 'it cannot be written',
  EROFS: 'its disk can only be read',
  ENOTDIR: 'a part of it is a file',
  EEXIST: 'it is no folder but a file',
  ENOENT: 'a part of it is a link that leads nowhere, or it was removed',
  EISDIR: 'the file that is to be written there is a folder',
  ELOOP: 'it is a link that leads in a circle',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'its disk fails',
};

/** An error of the file system as a sentence with the way out; any other error as it is. */
export function explainFileError(caller: string, cause: unknown, { folder, size }: Pick<Download, 'folder' | 'size'>): unknown {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return cause;
  const reason = REASONS[code] ?? quoted((cause as Error).message).slice(1, -1);
  const needed = size === undefined ? '' : `, ${size} bytes are needed`;
  const way = 'give another folder with D3PM_CACHE or the option folder';
  return new D3pmError('DOWNLOAD', `${caller}: the folder ${quoted(folder)} does not serve: ${reason} (${code})${needed}; ${way}`, {
    cause,
  });
}
