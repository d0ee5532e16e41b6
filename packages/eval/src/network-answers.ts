import { D3pmError } from '@d3pm/core';

/** What a network said of a batch: nats of a term for each of its examples, float64 `[B]`. */
export type NetworkAnswer = Float64Array;

export interface NetworkAnswersOptions {
  /** Told of each answer, in the order of the calls. */
  readonly onAnswer?: ((nats: NetworkAnswer) => void) | undefined;
  /** Answers of before, in that order: the network is not asked. */
  readonly answers?: Iterable<NetworkAnswer> | undefined;
}

export interface NetworkAnswers {
  /** The next answer, of `count` examples; `ask` asks the network. */
  next(count: number, ask: () => Promise<NetworkAnswer>): Promise<NetworkAnswer>;
  /** @throws {D3pmError} `INVALID_DATA` when answers are left over. */
  end(): void;
}

/** @throws {D3pmError} `INVALID_DATA` from `next` when the answers of before are too few, or of a batch of another size. */
export function networkAnswers(caller: string, { onAnswer, answers }: NetworkAnswersOptions): NetworkAnswers {
  const given = answers?.[Symbol.iterator]();
  let calls = 0;
  const refuse = (what: string): never => {
    throw new D3pmError(
      'INVALID_DATA',
      `${caller}: answers: ${what}; give those of an evaluation with the same options, all of its parts in their order`,
    );
  };
  return {
    next: async (count, ask) => {
      calls += 1;
      const replayed = given?.next();
      if (replayed?.done) return refuse(`there are ${calls - 1}, and more are needed`);
      const nats = replayed ? replayed.value : await ask();
      if (nats.length !== count) return refuse(`number ${calls} is of ${nats.length} examples, expected ${count}`);
      onAnswer?.(nats);
      return nats;
    },
    end: () => {
      if (given && !given.next().done) refuse(`there are more than the ${calls} that are needed`);
    },
  };
}
