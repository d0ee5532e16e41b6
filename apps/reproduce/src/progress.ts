import { SingleBar } from 'cli-progress';

/** Where long work says how far it is. Standard output stays free for results. */
export interface Progress {
  /** Begins a phase of `total` units. */
  start(phase: string, total: number): void;
  update(done: number, note?: string): void;
  /** Ends the phase; `summary` is what it found. */
  finish(summary: string): void;
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream;
  readonly quiet?: boolean;
  /** Without a terminal: at most one line in so many milliseconds. */
  readonly intervalMs?: number;
}

/** A bar with its ETA on a terminal, a line now and then elsewhere. */
export function createProgress({ stream = process.stderr, quiet = false, intervalMs = 10_000 }: ProgressOptions = {}): Progress {
  if (quiet) return { start: () => undefined, update: () => undefined, finish: () => undefined };
  return stream.isTTY ? barProgress(stream) : lineProgress(stream, intervalMs);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  let phase = '';
  return {
    start: (name, total) => {
      phase = name;
      bar = new SingleBar({
        stream,
        format: '{phase} {bar} {value}/{total} · ETA {eta_formatted} · {note}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        fps: 8,
      });
      bar.start(total, 0, { phase, note: '' });
    },
    update: (done, note) => bar?.update(done, note === undefined ? {} : { note }),
    finish: (summary) => {
      bar?.stop();
      bar = undefined;
      stream.write(`✓ ${phase}: ${summary}\n`);
    },
  };
}

function lineProgress(stream: NodeJS.WriteStream, intervalMs: number): Progress {
  let phase = '';
  let total = 0;
  let started = 0;
  let last = 0;
  return {
    start: (name, units) => {
      [phase, total, started, last] = [name, units, performance.now(), performance.now()];
      stream.write(`${phase} …\n`);
    },
    update: (done, note = '') => {
      const now = performance.now();
      if (now - last < intervalMs || done === 0) return;
      last = now;
      const etaSeconds = Math.round(((now - started) / done / 1000) * (total - done));
      stream.write(`${phase}: ${done}/${total} · ETA ${etaSeconds} s${note && ` · ${note}`}\n`);
    },
    finish: (summary) => {
      stream.write(`✓ ${phase}: ${summary} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
    },
  };
}
