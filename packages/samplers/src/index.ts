export { ancestralSampler, type AncestralSamplerOptions } from './ancestral-sampler.ts';
export { autoregressiveSampler, type AutoregressiveSamplerOptions } from './autoregressive-sampler.ts';
export { finalStates } from './final-states.ts';
export { forwardTrajectory, type ForwardState, type ForwardTrajectoryOptions } from './forward-trajectory.ts';
export { samplePrior, type SamplePriorOptions } from './sample-prior.ts';
export type { SamplerState } from './sampler-state.ts';
