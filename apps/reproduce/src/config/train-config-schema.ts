import { z } from 'zod';
import type { TrainConfig } from './train-config.ts';

const count = z.int().min(1);
const positive = z.number().positive();
const decay = z.number().min(0).lt(1);
const reverse = z
  .enum(['mixture', 'plug-in'])
  .default('mixture')
  .describe('the reverse process: the mixture of posteriors of Eq. (4), or the plug-in of the authors');
const firstStep = z.enum(['bayes', 'denoiser']).optional().describe("p(x_0 | x_1) of the plug-in: Bayes' rule, or what the model says");
const steps = z
  .enum(['information', 'uniform'])
  .optional()
  .describe('how t is drawn: in part by what a step takes from x_0, which has less variance and the same mean, or uniformly');
const named = z.looseObject({ name: z.string().min(1).describe('of a plugin; the other fields are its options') });

const shapes = {
  training: {
    numSteps: z.int().min(0).describe('updates'),
    batchSize: count.describe('examples an update, over all processes'),
    learningRate: positive.default(1e-3),
    warmUp: z.int().min(0).default(0).describe('updates over which the rate grows from 0'),
    decay: z.enum(['constant', 'inverse-square-root', 'linear']).default('constant').describe('how the rate falls after that'),
    beta1: decay.default(0.9).describe('of Adam'),
    beta2: z.number().positive().lt(1).default(0.999).describe('of Adam'),
    epsilon: positive.default(1e-8).describe('of Adam'),
    clipNorm: positive.optional().describe('longer gradients are scaled to this norm'),
    emaDecay: decay.optional().describe('of a moving average of the parameters, with which samples are drawn'),
    microBatch: count.optional().describe('examples whose gradient is made at a time; less memory, and other bits'),
    eventEvery: count.default(20).describe('updates from one line of metrics to the next'),
    whenNonFinite: z
      .union([z.literal('stop'), z.strictObject({ skip: count, rateFactor: z.number().positive().max(1).default(1) })])
      .default('stop')
      .describe('an update whose loss or gradient is not finite ends the run, or is left out, so many times'),
  },
  evaluation: {
    every: count.optional().describe('updates, a multiple of training.eventEvery; with every checkpoint unless given'),
    samples: z.int().min(0).default(4).describe('drawn each time'),
    sampleSteps: count.optional().describe('of the sampler; all of the chain unless given'),
    testExamples: z
      .int()
      .min(0)
      .default(64)
      .describe('of the validation split, or of the test where the data has none: those of which the bound is estimated; 0 for none'),
    steps,
  },
  saving: {
    every: count.optional().describe('updates, a multiple of training.eventEvery'),
    keepLast: count.default(3).describe('checkpoints'),
    keepBest: z.int().min(0).default(0).describe('checkpoints with the lowest bound of evaluation.testExamples'),
  },
};

const evaluation = z.strictObject(shapes.evaluation);
const saving = z.strictObject(shapes.saving);

const fields = {
  seed: z.int().min(0).default(1).describe('of every random number of the run'),
  plugins: z
    .array(z.string().min(1))
    .optional()
    .describe('packages or files (./my-family.ts) with plugins that the config names; they are run'),
  data: named.describe('what is learnt'),
  transition: named.describe('the family of Q_t'),
  schedule: named.extend({ numSteps: count.describe('T') }).describe('the noise of each step'),
  model: named.describe('the network'),
  loss: z
    .discriminatedUnion('name', [
      z.strictObject({
        name: z.literal('hybrid'),
        lambda: z.number().min(0).default(0).describe('weight of the cross-entropy beside the bound, Eq. (5)'),
        reverse,
        firstStep,
        steps,
      }),
      z.strictObject({ name: z.literal('exact-count') }),
      z.strictObject({ name: z.literal('autoregressive') }),
      z.strictObject({ name: z.literal('cross-entropy'), reverse, firstStep }),
    ])
    .describe('what is minimised'),
  training: z.strictObject(shapes.training),
  evaluation: evaluation.default(evaluation.parse({})),
  saving: saving.default(saving.parse({})).describe('of checkpoints; the only part that may change when a run goes on'),
};

/** Fields by name that a config has, and the parts of it whose fields are all known. */
export const knownFields: Readonly<Record<string, readonly string[]>> = Object.freeze({
  '': Object.keys(fields),
  ...Object.fromEntries(Object.entries(shapes).map(([part, shape]) => [part, Object.keys(shape)])),
});

export const trainConfigSchema: z.ZodType<TrainConfig> = z.strictObject(fields);
