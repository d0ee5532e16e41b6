import { isD3pmError, type D3pmErrorCode } from '@d3pm/core';

/** By the code of an error: 2 for what the person who called can say otherwise, 3 for files. */
const EXIT_CODES: Readonly<Partial<Record<D3pmErrorCode, 2 | 3>>> = {
  CONFIG_CHANGED: 2,
  INVALID_OPTIONS: 2,
  INVALID_SCHEDULE: 2,
  NO_STATIONARY: 2,
  SHAPE: 2,
  STEP_RANGE: 2,
  TABLE_TOO_LARGE: 2,
  UNIT: 2,
  UNKNOWN_NAME: 2,
  UNSOUND: 2,
  CHECKPOINT: 3,
  DOWNLOAD: 3,
  INVALID_DATA: 3,
  RUN_FOLDER: 3,
};

/** What the process ends with: 1 unless a script may want to tell it from other failures. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  return isD3pmError(error) ? (EXIT_CODES[error.code as D3pmErrorCode] ?? 1) : 1;
}
