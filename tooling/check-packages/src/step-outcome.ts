import type { RunOutcome } from '../../check/src/run-tool.ts';

/** One thing that was checked, and what came of it: code 0 is good, the output says what is not. */
export interface StepOutcome {
  readonly name: string;
  readonly outcome: RunOutcome;
}

/** The outcome of a check without a program of its own. */
export const outcomeOf = (faults: readonly string[]): RunOutcome => ({ code: faults.length, output: faults.join('\n') });
