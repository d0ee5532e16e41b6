export { checkProcessGroup } from './check-process-group.ts';
export {
  codeLengthNats,
  exactBound,
  exactCrossEntropyNats,
  exactHybridNats,
  exactModelLaw,
  exactNllNats,
  exactReverseLaw,
  exactReverseRows,
  type ExactBound,
  type ExactModel,
} from './exact-model.ts';
export { exactDenoiser, exactDirect, exactLeaveOneOut, forwardLaw, marginalLaw, posterior, type ExactLogits } from './exact-prediction.ts';
export {
  exactDirectReverse,
  exactLeaveOneOutReverse,
  exactMixture,
  exactPlugIn,
  type ExactReverse,
  type ExactReverseInput,
} from './exact-reverse.ts';
export { expectAllClose, type Tolerance } from './expect-all-close.ts';
export { expectNoLeak } from './expect-no-leak.ts';
export { expectSampledFrom, type SampledFromOptions } from './expect-sampled-from.ts';
export { forwardChain, productLaw, sequences, type ForwardChain, type ForwardChainOptions } from './forward-chain.ts';
export { inProcessGroup } from './in-process-group.ts';
export { klNats, logDistribution, logTotal } from './log-distribution.ts';
export { identity, power, times, transpose, type Matrix } from './matrix.ts';
export { randomLaw, seededUniforms } from './seeded-laws.ts';
