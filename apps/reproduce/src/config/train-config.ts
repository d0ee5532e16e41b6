/** `{ name, …options }`: what the registries of the packages read, and check. */
export interface NamedConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

export type LossConfig =
  | {
      readonly name: 'hybrid';
      readonly lambda: number;
      readonly reverse: 'mixture' | 'plug-in';
      readonly firstStep?: 'bayes' | 'denoiser' | undefined;
      readonly steps?: 'information' | 'uniform' | undefined;
    }
  | { readonly name: 'exact-count' }
  | { readonly name: 'autoregressive' }
  | { readonly name: 'cross-entropy'; readonly reverse: 'mixture' | 'plug-in'; readonly firstStep?: 'bayes' | 'denoiser' | undefined };

export interface TrainingConfig {
  readonly numSteps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Steps over which the rate grows from 0. */
  readonly warmUp: number;
  readonly decay: 'constant' | 'inverse-square-root' | 'linear';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly clipNorm?: number | undefined;
  readonly emaDecay?: number | undefined;
  readonly microBatch?: number | undefined;
  readonly eventEvery: number;
  readonly whenNonFinite: 'stop' | { readonly skip: number; readonly rateFactor: number };
}

export interface EvaluationConfig {
  /** A multiple of training.eventEvery; absent, with every checkpoint. */
  readonly every?: number | undefined;
  readonly samples: number;
  /** Steps of the sampler; absent, all of the chain. */
  readonly sampleSteps?: number | undefined;
  /** Examples of the validation split, or of the test where there is none, of which the bound is estimated; 0 for none. */
  readonly testExamples: number;
  /** How its steps are drawn; absent, uniformly. */
  readonly steps?: 'information' | 'uniform' | undefined;
}

export interface SavingConfig {
  /** A multiple of training.eventEvery. */
  readonly every?: number | undefined;
  readonly keepLast: number;
  readonly keepBest: number;
}

/** What `d3pm train` reads. All but `saving` decides the result, and must stay the same for a run to go on. */
export interface TrainConfig {
  readonly seed: number;
  /** Packages, and files by their path from where the program runs, with plugins that are named below. */
  readonly plugins?: readonly string[] | undefined;
  readonly data: NamedConfig;
  readonly transition: NamedConfig;
  readonly schedule: NamedConfig & { readonly numSteps: number };
  readonly model: NamedConfig;
  readonly loss: LossConfig;
  readonly training: TrainingConfig;
  readonly evaluation: EvaluationConfig;
  readonly saving: SavingConfig;
}
