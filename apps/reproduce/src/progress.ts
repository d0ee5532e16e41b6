import { SingleBar } from 'cli-progress';

/** Where long work says how far it is. Standard output stays free for results. */
export interface Progress {
  /** Begins a phase of `total` units. */
  start(phase: string, total: number): void;
  update(done: number, note?: string): void;
  /** Ends the phase; `summary` is what it found. */
  finish(summary: string): void;
  /** Takes a phase away that failed. A bar that is left holds the process. */
  stop(): void;
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream;
  readonly quiet?: boolean;
  /** A line of JSON each time, with or without a terminal. */
  readonly json?: boolean;
  /** Without a terminal: at most one line in so many milliseconds. */
  readonly intervalMs?: number;
}

/** A bar with its ETA on a terminal, a line now and then elsewhere. */
export function createProgress({
  stream = process.stderr,
  quiet = false,
  json = false,
  intervalMs = 10_000,
}: ProgressOptions = {}): Progress {
  if (quiet) return { start: () => undefined, update: () => undefined, finish: () => undefined, stop: () => undefined };
  if (json) return lineProgress(stream, { intervalMs, say: jsonLines });
  return stream.isTTY ? barProgress(stream) : lineProgress(stream, { intervalMs, say: plainLines });
}

/** Progress of `work`, whose end takes the bar away, however it ends. */
export async function withProgress<T>(options: ProgressOptions, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = createProgress(options);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  let phase = '';
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    start: (name, total) => {
      stop();
      phase = name;
      bar = new SingleBar({
        stream,
        format: '{phase} {bar} {value}/{total} · ETA {eta_formatted} · {note}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        // A signal may end the process at once: the terminal is left as it was.
        hideCursor: false,
        linewrap: true,
        clearOnComplete: true,
        fps: 8,
      });
      bar.start(total, 0, { phase, note: '' });
    },
    update: (done, note) => bar?.update(done, note === undefined ? {} : { note }),
    finish: (summary) => {
      stop();
      stream.write(`✓ ${phase}: ${summary}\n`);
    },
    stop,
  };
}

/** What is said of a phase, and what has been done of it. */
interface Said {
  readonly phase: string;
  readonly total: number;
  readonly done?: number;
  readonly etaSeconds?: number;
  readonly note?: string;
  /** Of the whole phase, at its end. */
  readonly seconds?: number;
  readonly summary?: string;
}

const jsonLines = (said: Said): string => JSON.stringify(said);

function plainLines({ phase, total, done, etaSeconds, note = '', seconds, summary }: Said): string {
  if (summary !== undefined) return `✓ ${phase}: ${summary} (${seconds!.toFixed(1)} s)`;
  return done === undefined ? `${phase} …` : `${phase}: ${done}/${total} · ETA ${etaSeconds} s${note && ` · ${note}`}`;
}

function lineProgress(
  stream: NodeJS.WriteStream,
  { intervalMs, say }: { readonly intervalMs: number; readonly say: (said: Said) => string },
): Progress {
  let phase = '';
  let total = 0;
  let started = 0;
  let last = 0;
  const write = (said: Omit<Said, 'phase' | 'total'>): void => void stream.write(`${say({ phase, total, ...said })}\n`);
  return {
    start: (name, units) => {
      [phase, total, started, last] = [name, units, performance.now(), performance.now()];
      write({});
    },
    update: (done, note) => {
      const now = performance.now();
      if (now - last < intervalMs || done === 0) return;
      last = now;
      const etaSeconds = Math.round(((now - started) / done / 1000) * (total - done));
      write({ done, etaSeconds, ...(note !== undefined && { note }) });
    },
    finish: (summary) => write({ seconds: Math.round((performance.now() - started) / 100) / 10, summary }),
    stop: () => undefined,
  };
}
