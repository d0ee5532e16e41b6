import { problemOf } from '../problem.ts';
import type { LearnEvent, LearnRequest } from './learn-messages.ts';

/** Talks with the worker that trains and samples, which is started by the first request. One that has crashed is started anew by the next. */
export function createLearnClient(startWorker: () => Worker, listen: (event: LearnEvent) => void): { send(request: LearnRequest): void } {
  let worker: Worker | undefined;

  const start = (): Worker => {
    const started = startWorker();
    started.addEventListener('message', ({ data }: MessageEvent<LearnEvent>) => listen(data));
    for (const name of ['error', 'messageerror'] as const) {
      started.addEventListener(name, (event) => {
        event.preventDefault();
        started.terminate();
        if (worker === started) worker = undefined;
        const message =
          event instanceof ErrorEvent && event.message ? event.message : 'it could not be started, or sent what cannot be read';
        listen({ type: 'network', facts: undefined });
        listen({ type: 'problem', problem: problemOf(new Error(`the worker that trains has ended: ${message}`)) });
        listen({ type: 'done' });
      });
    }
    return started;
  };

  return {
    send: (request) => {
      worker ??= start();
      worker.postMessage(request, request.type === 'load' ? { transfer: [request.files.weights.buffer as ArrayBuffer] } : {});
    },
  };
}
