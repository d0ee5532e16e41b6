import { D3pmError, type Denoiser, type Prediction } from '@d3pm/core';
import { div } from '@tensorflow/tfjs-core';
import { mapLogits } from './map-logits.ts';

/**
 * **Biased.** A network whose distributions are sharpened (temperature < 1) or flattened (> 1): logits / temperature. Samples of it are not
 * of the model, and a bound of it is another model's. At 1 the logits are those of the network.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless 0 < temperature < ∞.
 */
export function withTemperature<P extends Prediction>(denoiser: Denoiser<P>, temperature: number): Denoiser<P> {
  if (!(typeof temperature === 'number' && temperature > 0 && temperature < Infinity)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `withTemperature: temperature is ${String(temperature)}, expected a number above 0; for the mode take lastStep: 'argmax', or a small one`,
    );
  }
  return mapLogits('withTemperature', denoiser, (logits) => (temperature === 1 ? logits : div(logits, temperature)));
}
