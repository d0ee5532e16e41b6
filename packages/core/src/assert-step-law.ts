import { D3pmError } from './errors.ts';

/** @throws {D3pmError} `INVALID_OPTIONS` unless p_1 … p_T are T positive numbers that sum to 1: a step that is never drawn would be left out of a bound. */
export function assertStepLaw(caller: string, law: Float64Array, numSteps: number): void {
  const total = law.reduce((sum, probability) => sum + probability, 0);
  const stray = law.findIndex((probability) => !(probability > 0));
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: stepLaw ${problem}`);
  };
  if (law.length !== numSteps) refuse(`has ${law.length} numbers, expected one for each of the ${numSteps} steps`);
  if (stray >= 0) refuse(`gives step ${stray + 1} the probability ${law[stray]}, expected one above 0`);
  if (Math.abs(total - 1) > 1e-9) refuse(`sums to ${total}, expected 1`);
}
