/** Codes of our own errors. They are stored in logs and looked up in the documentation, so a code never changes its meaning. */
export type D3pmErrorCode =
  | 'CHECKPOINT'
  | 'CONFIG_CHANGED'
  | 'DOWNLOAD'
  | 'DTYPE'
  | 'DUPLICATE_NAME'
  | 'ENGINE'
  | 'GROUP'
  | 'INVALID_DATA'
  | 'INVALID_OPTIONS'
  | 'INVALID_SCHEDULE'
  | 'NON_FINITE'
  | 'NO_STATIONARY'
  | 'NOT_STOCHASTIC'
  | 'RUN_FOLDER'
  | 'RUN_LOCKED'
  | 'SHAPE'
  | 'SPEC_VERSION'
  | 'STATE_RANGE'
  | 'STEP_RANGE'
  | 'TABLE_TOO_LARGE'
  | 'UNIT'
  | 'UNKNOWN_NAME'
  | 'UNSOUND';

/**
 * The one error class of every `@d3pm` package. `message` names the function, the argument,
 * what came, what was expected and the way out; `code` is stable.
 *
 * `instanceof` fails when a package is installed twice, so use {@link isD3pmError}.
 */
export class D3pmError extends Error {
  override readonly name: string = 'D3pmError';
  readonly code: D3pmErrorCode | (string & {});

  constructor(code: D3pmErrorCode | (string & {}), message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is a {@link D3pmError}, also one that another copy of this package has thrown. */
export function isD3pmError(error: unknown): error is D3pmError {
  return error instanceof Error && error.name === 'D3pmError' && typeof (error as { code?: unknown }).code === 'string';
}
