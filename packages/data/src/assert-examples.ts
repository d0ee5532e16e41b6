import { assertStateRange, D3pmError, type Dataset, type States } from '@d3pm/core';

/**
 * Throws unless `states` are `count` examples as the data set says that it has them: another shape would put values into the places of others.
 *
 * @throws {D3pmError} `SHAPE` or `DTYPE` for states of another form, `STATE_RANGE` for a value outside of 0…K−1.
 */
export function assertExamples(
  caller: string,
  { name, exampleShape, numStates }: Pick<Dataset, 'exampleShape' | 'name' | 'numStates'>,
  states: States,
  count: number,
): void {
  const expected = [count, ...exampleShape].join(', ');
  const shape = Array.isArray(states?.shape) ? states.shape.join(', ') : undefined;
  if (shape !== expected) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: ${count} examples of ${name} are ${shape === undefined ? 'without a shape' : `of shape [${shape}]`}, expected [${expected}] by its exampleShape; let examples(indices) give one example for each index`,
    );
  }
  if (!(states.values instanceof Int32Array)) {
    throw new D3pmError('DTYPE', `${caller}: the values of ${name} are no Int32Array; make them with Int32Array.from`);
  }
  assertStateRange(caller, name, states, numStates);
}
