import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Facts } from './work.ts';

/** How a program that measures is started. */
export interface ContestantCommand {
  /** The name of its column. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** What a program says of itself before it measures. */
export interface Introduction extends Facts {
  readonly version: string;
  readonly threads: number;
  /** False of a work that has facts and no time. @defaultValue true */
  readonly timed?: boolean;
}

export interface Block {
  readonly milliseconds: readonly number[];
  /** Largest memory of the process so far, where the system tells. */
  readonly peakBytes?: number;
}

/** A program that is ready to do one work again and again, ours or a peer's. */
export interface Contestant {
  readonly name: string;
  readonly pid: number;
  readonly introduction: Introduction;
  /** Repeats the work for so many seconds, once at least. */
  block(seconds: number): Promise<Block>;
  close(): void;
}

/** Lines kept of what a program complains of. */
const LAST_WORDS = 4;

/**
 * Starts a program and waits until it is ready; `serve.ts` and `peers/serve.py` are its other side.
 *
 * @throws {Error} with its last words, when it ends before it is asked to; so does a block.
 */
export async function startContestant({ name, file, args }: ContestantCommand): Promise<Contestant> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    if (words.length > LAST_WORDS) words.shift();
  });
  const ended = once(child, 'close').then(
    ([code, signal]) => new Error(`${name} ended with ${String(signal ?? code)}: ${words.join(' | ') || 'it said nothing'}`),
    (cause: Error) => cause,
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    for (;;) {
      const next = await Promise.race([lines.next(), ended]);
      if (next instanceof Error) throw next;
      if (next.done) throw await ended;
      // Libraries greet on standard output.
      if (next.value.startsWith('{')) return JSON.parse(next.value) as T;
    }
  };
  const introduction = await answer<Introduction>();
  return {
    name,
    pid: child.pid!,
    introduction,
    block: (seconds) => {
      child.stdin.write(`${JSON.stringify({ seconds })}\n`);
      return answer<Block>();
    },
    close: () => void child.kill(),
  };
}
