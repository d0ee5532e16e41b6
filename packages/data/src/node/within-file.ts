import { D3pmError, isD3pmError, quoted } from '@d3pm/core';

/** What `read` gives; an `INVALID_DATA` of it also names the reader and the path, any other error is thrown as it is. */
export async function withinFile<T>(caller: string, path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!isD3pmError(cause) || cause.code !== 'INVALID_DATA') throw cause;
    throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(path)}: ${cause.message}`, { cause });
  }
}
