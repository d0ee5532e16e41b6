export { absorbingStepWeight } from './absorbing-step-weight.ts';
export { absorbsIntoExtraMask, type ExtraMaskAbsorption } from './absorbs-into-extra-mask.ts';
export { assertAutoregressive } from './assert-autoregressive.ts';
export { assertCausal } from './assert-causal.ts';
export { assertDataLaw } from './assert-data-law.ts';
export { assertDenoiserFits, type DenoiserPairing } from './assert-denoiser-fits.ts';
export { assertEngine } from './assert-engine.ts';
export { assertNoiseUnit } from './assert-noise-unit.ts';
export { assertSchedule } from './assert-schedule.ts';
export { assertStepLaw } from './assert-step-law.ts';
export { assertClassAxis, assertInteger, assertShape, assertStates } from './assert.ts';
export { boundTermNats, crossEntropyNats, hybridLossNats, type BoundTermInput, type HybridLossInput } from './bound-terms.ts';
export { drawFromLogProbs, drawFromProbs, sampleCategorical } from './categorical.ts';
export { categoricalKlNats } from './categorical-kl.ts';
export { channelInformation } from './channel-information.ts';
export { exponentialChannel, matrixChannel, type Channel } from './channel.ts';
export {
  denoiserFromLeaveOneOut,
  leaveOneOutFromDenoiser,
  restrictToCompatible,
  type ConvertPredictionInput,
} from './convert-prediction.ts';
export type { Dataset, DatasetPlugin } from './dataset.ts';
export type { ApplyOptions, Decoder, Denoiser, Parameters, Prediction, TrainableDenoiser } from './denoiser.ts';
export { denoiserLogits } from './denoiser-logits.ts';
export { denoiserNllNats } from './denoiser-nll.ts';
export { entropyNats } from './entropy.ts';
export { D3pmError, isD3pmError, type D3pmErrorCode } from './errors.ts';
export { firstAbove } from './first-above.ts';
export { gatherClass } from './gather-class.ts';
export { gatherJson } from './gather-json.ts';
export { informationCurve, type InformationPoint } from './information-curve.ts';
export { informationStepLaw, type InformationStepLawOptions } from './information-step-law.ts';
export { logAddExp } from './log-add-exp.ts';
export { logNormalize } from './log-normalize.ts';
export { FINITE_MIN, logSumExp, logSumExpKept } from './log-sum-exp.ts';
export { maskCountWeights, type MaskCountWeights } from './mask-count-weights.ts';
export { maskExactCount, type MaskExactCountOptions } from './mask-exact-count.ts';
export type { Metric, MetricPlugin, MetricReport, MetricSetting } from './metric-plugin.ts';
export type { ModelPlugin, ModelSetting } from './model-plugin.ts';
export { estimateMutualInformationNats, mutualInformationNats, type MutualInformationInput } from './mutual-information.ts';
export { nearestName, suggestName } from './nearest-name.ts';
export { assertOptionNames, type NoOptions } from './option-names.ts';
export type { Plugin, PluginKind } from './plugin.ts';
export { posteriorLogProbs, type PosteriorInput } from './posterior.ts';
export { predictionLogProbs } from './prediction-log-probs.ts';
export { learnedPriorTermNats, priorTermByState, priorTermNats } from './prior-term.ts';
export { rankOneInformation, type Information, type RankOneChannel } from './rank-one-information.ts';
export { readsAtOnce } from './reads-at-once.ts';
export { assertPlugin, createRegistry, type Registry } from './registry.ts';
export { resolveConfig, type ConfigOf, type ConfigurablePlugin, type ResolvedConfig } from './resolve-config.ts';
export { direct } from './reverse-direct.ts';
export { mixture } from './reverse-mixture.ts';
export { leaveOneOut, plugIn, type FirstStep } from './reverse-plug-in.ts';
export type { ClosedForm, ClosedFormTerm, ReverseInput, ReverseProcess } from './reverse-process.ts';
export { quoted } from './quoted.ts';
export type { ProcessGroup } from './process-group.ts';
export { createRng, rngFromKey, type Rng } from './rng.ts';
export { hasFused, runFused } from './run-fused.ts';
export { safeLog } from './safe-log.ts';
export { sampleForward, type SampleForwardOptions } from './sample-forward.ts';
export { sampledInformation, type RowSampling, type SampledInformation } from './sampled-information.ts';
export type { NoiseSchedule, NoiseUnit } from './schedule.ts';
export type { SchedulePlugin } from './schedule-plugin.ts';
export { singleProcess } from './single-process.ts';
export { assertDataStates, assertStateRange, positionsOf, toTensor, type States } from './states.ts';
export { stepGrid } from './step-grid.ts';
export { noisySteps, perExample, stepOf, stepPairs, type Steps } from './steps.ts';
export { stratifiedUniforms } from './stratified-uniforms.ts';
export { survival, type Survival } from './survival.ts';
export type {
  Absorbing,
  AnyTransitionPlugin,
  Exponential,
  FixedPrior,
  LearnedPrior,
  Prior,
  RankOne,
  Transition,
  TransitionPlugin,
  TransitionSetting,
} from './transition.ts';
export { truncatedLogisticLogits, type LogisticTails, type TruncatedLogisticInput } from './truncated-logistic.ts';
export { turnOfEventLoop, turnsOfEventLoop } from './turn-of-event-loop.ts';
export { bitsPerDimension, perplexityPerWord } from './units.ts';
export { withGradient } from './with-gradient.ts';
