export { builtinModels } from './builtin-models.ts';
export { convolutionModel, createConvolutionDenoiser, type ConvolutionDenoiserOptions } from './convolution-denoiser.ts';
export { defineDenoiser, type DenoiserDefinition } from './define-denoiser.ts';
export { dilatedWindow, type DilatedWindow } from './dilated-window.ts';
export { fanInValues, givenValues, normalValues, unitValues, zeroValues, type Initializer } from './initializers.ts';
export { createMlpDenoiser, mlpModel, type MlpDenoiserOptions } from './mlp-denoiser.ts';
export { parameterCount } from './parameter-count.ts';
export type { ParameterSpec, ParameterSpecs } from './parameter-specs.ts';
export {
  createModelRegistry,
  type AnyModelPlugin,
  type ModelConfig,
  type ModelConfigSetting,
  type ModelOptions,
  type ModelRegistry,
} from './registry.ts';
export { rmsNorm } from './rms-norm.ts';
export type { T5Bucketing } from './t5/t5-buckets.ts';
export { createT5Denoiser, t5Model } from './t5/t5-denoiser.ts';
export type { T5DenoiserOptions } from './t5/t5-options.ts';
export { t5Presets, type T5Preset } from './t5/t5-presets.ts';
export { t5ParameterCount } from './t5/t5-specs.ts';
export { timeFeatures, type TimeFeaturesOptions } from './time-features.ts';
export { createTransformerDenoiser, transformerModel, type TransformerDenoiserOptions } from './transformer-denoiser.ts';
export { createUNetDenoiser, uNetModel } from './u-net/u-net-denoiser.ts';
export type { UNetDenoiserOptions, UNetHead } from './u-net/u-net-options.ts';
export { withLearnedPrior, type LearnedPriorOptions, type LearnedPriorPair } from './with-learned-prior.ts';
