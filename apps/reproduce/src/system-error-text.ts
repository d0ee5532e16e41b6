import { getSystemErrorMap } from 'node:util';
import { isD3pmError } from '@d3pm/core';

/** `no space left on device (ENOSPC)`: what the system says of an error, also of the cause of one of ours, without a path. */
export function systemErrorText(error: unknown): string {
  if (isD3pmError(error) && error.cause !== undefined) return systemErrorText(error.cause);
  const { errno, message } = error as NodeJS.ErrnoException;
  const [code, text] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return code === undefined ? message : `${text} (${code})`;
}
