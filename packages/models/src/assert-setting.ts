import { assertInteger, D3pmError, type ModelSetting } from '@d3pm/core';

/**
 * Throws unless a network can be made for the setting, before any parameter is.
 *
 * @throws {D3pmError} `INVALID_OPTIONS`, naming the field; `SHAPE` for an example without positions.
 */
export function assertSetting(caller: string, setting: ModelSetting): void {
  if (typeof setting !== 'object' || setting === null) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: the setting is ${String(setting)}, expected { numStates, numSteps, exampleShape, rng }`,
    );
  }
  const { numStates, numSteps, exampleShape, rng, extraMask } = setting;
  assertInteger(caller, 'numStates', numStates, 1);
  assertInteger(caller, 'numSteps', numSteps, 1);
  if (!Array.isArray(exampleShape) || !exampleShape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    const shown = Array.isArray(exampleShape) ? `[${exampleShape.join(', ')}]` : String(exampleShape);
    throw new D3pmError('SHAPE', `${caller}: exampleShape is ${shown}, expected a list of sizes that are at least 1, as that of the data`);
  }
  if (typeof rng?.split !== 'function') {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: rng is ${typeof rng}, expected a source of randomness; give createRng(seed) of core`,
    );
  }
  if (extraMask !== undefined) assertInteger(caller, 'extraMask', extraMask, 0, numStates - 1);
}
