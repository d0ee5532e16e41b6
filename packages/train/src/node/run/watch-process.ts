/** Why a process is to end. */
export interface EndOfProcess {
  /** 128 + the number of the signal, or 1 for an error. */
  readonly exitCode: number;
  /** `SIGINT` or `SIGTERM`; absent for an error. */
  readonly signal?: 'SIGINT' | 'SIGTERM';
  /** One that nobody has caught. */
  readonly error?: unknown;
}

export interface ProcessWatch {
  /** Aborted by the first of them, with an {@link EndOfProcess} as its reason. */
  readonly signal: AbortSignal;
  /** Takes all handlers off but those of outputs that nobody reads, whose errors may come later than the last write. */
  dispose(): void;
}

export interface WatchProcessOptions {
  /** Is told of each reason to end, while the work finishes: the first one, and errors that come after it. */
  readonly onEnd?: (end: EndOfProcess) => void;
}

/** Signals that ask for an end, by their numbers. */
const ENDINGS = Object.freeze({ SIGINT: 2, SIGTERM: 15 });
/** What a pipe without a reader and a terminal that was closed say. */
const CLOSED = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

/**
 * Lets long work end in order. The first SIGINT or SIGTERM, or the first error that nobody catches, aborts `signal`: finish the step, save,
 * and exit with the code of its reason. A second signal ends the process at once, and touches nothing; a second error does not, for the
 * work is being saved. A closed terminal (SIGHUP) does not end the work, nor does an output that nobody reads any more (EPIPE).
 *
 * A program's own choice: call it once, in the program that trains.
 */
export function watchProcess({ onEnd }: WatchProcessOptions = {}): ProcessWatch {
  const controller = new AbortController();
  let isSignalled = false;
  const end = (reason: EndOfProcess): void => {
    controller.abort(reason); // the first reason stays
    onEnd?.(reason);
  };
  const onSignal = (signal: 'SIGINT' | 'SIGTERM', exitCode: number): void => {
    if (isSignalled) process.exit(exitCode);
    isSignalled = true;
    end({ exitCode, signal });
  };
  const onError = (error: unknown): void => end({ exitCode: 1, error });
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (!CLOSED.includes(error.code ?? '')) onError(error);
  };
  for (const output of [process.stdout, process.stderr]) output.on('error', onOutputError);
  const handlers: readonly (readonly [event: string, handler: (...args: never[]) => void])[] = [
    ...Object.entries(ENDINGS).map(([signal, number]) => [signal, () => onSignal(signal as 'SIGINT' | 'SIGTERM', 128 + number)] as const),
    ['SIGHUP', () => undefined],
    ['uncaughtException', onError], // of rejections that nobody handles as well, unless Node was told otherwise
  ];
  for (const [event, handler] of handlers) process.on(event, handler as () => void);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const [event, handler] of handlers) process.off(event, handler as () => void);
    },
  };
}
