/** An error on its way to the page: workers send no classes. */
export interface Problem {
  readonly message: string;
  /** Of a `D3pmError`. */
  readonly code?: string;
}

/** What is told of anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return { message: error.message, ...(typeof code === 'string' && { code }) };
}
