import { convolutionModel } from './convolution-denoiser.ts';
import { mlpModel } from './mlp-denoiser.ts';
import { t5Model } from './t5/t5-denoiser.ts';
import { transformerModel } from './transformer-denoiser.ts';
import { uNetModel } from './u-net/u-net-denoiser.ts';

/** Every architecture of this package. */
export const builtinModels: readonly [typeof mlpModel, typeof transformerModel, typeof convolutionModel, typeof uNetModel, typeof t5Model] =
  [mlpModel, transformerModel, convolutionModel, uNetModel, t5Model];
