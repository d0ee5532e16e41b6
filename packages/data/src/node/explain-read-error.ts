import { D3pmError, quoted } from '@d3pm/core';
import { reasonOf } from './archives/archive-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads in a circle',
};

/** An error of the file system on reading, as ours. */
export function explainReadError(caller: string, path: string, cause: unknown): D3pmError {
  const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ''] ?? reasonOf(cause);
  return new D3pmError('INVALID_DATA', `${caller}: cannot read ${quoted(path)}: ${reason}`, { cause });
}
