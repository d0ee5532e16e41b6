export interface GuardExitOptions {
  /** `rank 2 of 4`. */
  readonly member: string;
  /** Ends the whole group; does not return. */
  readonly abort: (exitCode: number) => void;
}

/**
 * Takes the group down with a process that ends while it is still a member, which would leave the others waiting. Node tells of an error
 * that nobody has caught only after its exit handlers, and so never, once one of them has aborted: it is told here. Signals are left to the program.
 *
 * @returns What takes the guard off.
 */
export function guardExit({ member, abort }: GuardExitOptions): () => void {
  const tell = (text: string): boolean => process.stderr.write(`${text}\n`);
  const onError = (error: unknown): void => {
    // A listener of the program's own decides what becomes of it, and the process may live on.
    if (process.listenerCount('uncaughtException') > 0) return;
    tell(`${member}: ${process.getBuiltinModule('node:util').inspect(error)}`);
  };
  const onExit = (exitCode: number): void => {
    tell(`${member} ends without close(), with exit code ${exitCode}: the whole group is aborted`);
    abort(exitCode);
  };
  process.on('uncaughtExceptionMonitor', onError);
  process.on('exit', onExit);
  return () => {
    process.off('uncaughtExceptionMonitor', onError);
    process.off('exit', onExit);
  };
}
