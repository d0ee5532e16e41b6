import { D3pmError, isD3pmError } from '@d3pm/core';
import type { StepContext } from './provision-event.ts';

/** Ways to the same end, tried one after the other. */
export interface Attempts {
  /** What `work` gives; undefined when it has failed with a {@link D3pmError}, whose reason is kept and reported. Every other error is passed on. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** All reasons so far, as one error. */
  failure(): D3pmError;
}

export function createAttempts({ report, signal }: StepContext): Attempts {
  const failures: D3pmError[] = [];
  return {
    attempt: async (work) => {
      try {
        return await work();
      } catch (cause) {
        signal.throwIfAborted();
        if (!isD3pmError(cause)) throw cause;
        failures.push(cause);
        // What ways of its own have failed has been told already.
        if (!(cause.cause instanceof AggregateError)) report({ step: 'failed', detail: cause.message });
        return undefined;
      }
    },
    failure: () =>
      new D3pmError('ENGINE', failures.map(({ message }) => message).join('; then: '), { cause: new AggregateError(failures) }),
  };
}
