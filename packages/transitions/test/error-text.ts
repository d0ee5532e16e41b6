import { isD3pmError } from '@d3pm/core';

/** `CODE: message` of the D3pmError that `work` throws. */
export function errorText(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isD3pmError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return 'no error';
}
