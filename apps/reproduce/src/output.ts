/** How a command says what it does: progress on standard error, the result on standard output. */
export interface OutputFlags {
  /** Nothing on standard error but errors. */
  readonly quiet: boolean;
  /** For a program to read: progress and errors as a line of JSON each, the result as one document. */
  readonly json?: boolean;
}

export interface Result {
  /** For people. */
  readonly text: string;
  /** For a program: JSON. */
  readonly value: unknown;
}

/** The result of a command, on standard output. */
export function printResult({ json = false }: Pick<OutputFlags, 'json'>, { text, value }: Result): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
}

/** What says a line on standard error, also where a bar of progress stands: that is drawn again. */
export function notes({ quiet, json = false }: OutputFlags): (message: string) => void {
  if (quiet) return () => undefined;
  return (message) => void process.stderr.write(json ? `${JSON.stringify({ note: message })}\n` : `${aside(message)}\n`);
}

/** A line of its own. */
export function aside(message: string): string {
  return `${process.stderr.isTTY ? '\r\u001B[K' : ''}${message}`;
}
