import type { Choices } from '../choices/choices.ts';
import { processKey } from '../process/process-key.ts';
import { problemOf, type Problem } from '../problem.ts';
import type { ForwardReply, ForwardRequest } from './forward-messages.ts';
import type { ForwardPicture } from './forward-picture.ts';

export interface ForwardListener {
  /** Of the last choices, when they are computed. */
  picture(picture: ForwardPicture, choices: Choices): void;
  problem(problem: Problem): void;
  /** Whether something has been computed for so long that a person wonders. */
  waiting(isWaiting: boolean): void;
}

/** So long a process that nobody wants any more may be computed before its worker is ended. */
const PATIENCE_MS = 250;

/**
 * Asks a worker for pictures, one at a time: of the choices that come while it computes, only the last are asked for. A process that
 * takes long and is no longer wanted is ended with its worker.
 */
export function createForwardClient(startWorker: () => Worker, listener: ForwardListener): { show(choices: Choices): void } {
  let worker: Worker | undefined;
  let asked: { readonly id: number; readonly choices: Choices; readonly since: number } | undefined;
  let wanted: Choices | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let count = 0;

  const ask = (): void => {
    if (asked || !wanted) return;
    worker ??= start();
    asked = { id: ++count, choices: wanted, since: performance.now() };
    wanted = undefined;
    const request: ForwardRequest = { id: asked.id, choices: asked.choices };
    worker.postMessage(request, []);
    watch();
  };

  const settle = (): Choices | undefined => {
    const choices = asked?.choices;
    asked = undefined;
    clearTimeout(timer);
    listener.waiting(false);
    return choices;
  };

  /** Some time later: says that it takes long, or ends what nobody waits for. */
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      listener.waiting(true);
      if (asked && wanted && processKey(wanted) !== processKey(asked.choices)) restart();
    }, PATIENCE_MS);
  };

  const restart = (): void => {
    worker?.terminate();
    worker = undefined;
    settle();
    ask();
  };

  const start = (): Worker => {
    const started = startWorker();
    started.addEventListener('message', ({ data }: MessageEvent<ForwardReply>) => {
      if (data.id !== asked?.id) return;
      const choices = settle();
      // What comes for choices that are already old is left out where newer ones change all of it.
      const isOld = wanted !== undefined && choices !== undefined && processKey(wanted) !== processKey(choices);
      if (!isOld && choices) {
        if ('picture' in data) listener.picture(data.picture, choices);
        else listener.problem(data.problem);
      }
      ask();
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      worker?.terminate();
      worker = undefined;
      settle();
      listener.problem(problemOf(new Error(event.message || 'the worker that computes the pictures could not be started')));
    });
    return started;
  };

  return {
    show: (choices) => {
      wanted = choices;
      ask();
      if (asked && performance.now() - asked.since > PATIENCE_MS && wanted && processKey(wanted) !== processKey(asked.choices)) restart();
    },
  };
}
