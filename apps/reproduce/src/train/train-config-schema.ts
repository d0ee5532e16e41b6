import { z } from 'zod';
import type { TrainConfig } from './train-config.ts';

const count = z.int().min(1);
const positive = z.number().positive();
const decay = z.number().min(0).lt(1);
const reverse = z.enum(['mixture', 'plug-in']).default('mixture');
const firstStep = z.enum(['bayes', 'denoiser']).optional();
const named = z.looseObject({ name: z.string().min(1) });

const shapes = {
  training: {
    numSteps: z.int().min(0),
    batchSize: count,
    learningRate: positive.default(1e-3),
    warmUp: z.int().min(0).default(0),
    decay: z.enum(['constant', 'inverse-square-root', 'linear']).default('constant'),
    beta1: decay.default(0.9),
    beta2: z.number().positive().lt(1).default(0.999),
    epsilon: positive.default(1e-8),
    clipNorm: positive.optional(),
    emaDecay: decay.optional(),
    microBatch: count.optional(),
    eventEvery: count.default(20),
    whenNonFinite: z
      .union([z.literal('stop'), z.strictObject({ skip: count, rateFactor: z.number().positive().max(1).default(1) })])
      .default('stop'),
  },
  evaluation: {
    every: count.optional(),
    samples: z.int().min(0).default(4),
    sampleSteps: count.optional(),
    testExamples: z.int().min(0).default(64),
  },
  saving: { every: count.optional(), keepLast: count.default(3), keepBest: z.int().min(0).default(0) },
};

const evaluation = z.strictObject(shapes.evaluation);
const saving = z.strictObject(shapes.saving);

const fields = {
  seed: z.int().min(0).default(1),
  data: named,
  transition: named,
  schedule: named.extend({ numSteps: count }),
  model: named,
  loss: z.discriminatedUnion('name', [
    z.strictObject({
      name: z.literal('hybrid'),
      lambda: z.number().min(0).default(0),
      reverse,
      firstStep,
    }),
    z.strictObject({ name: z.literal('exact-count') }),
    z.strictObject({ name: z.literal('autoregressive') }),
    z.strictObject({ name: z.literal('cross-entropy'), reverse, firstStep }),
  ]),
  training: z.strictObject(shapes.training),
  evaluation: evaluation.default(evaluation.parse({})),
  saving: saving.default(saving.parse({})),
};

/** Fields by name that a config has, and the parts of it whose fields are all known. */
export const knownFields: Readonly<Record<string, readonly string[]>> = Object.freeze({
  '': Object.keys(fields),
  ...Object.fromEntries(Object.entries(shapes).map(([part, shape]) => [part, Object.keys(shape)])),
});

export const trainConfigSchema: z.ZodType<TrainConfig> = z.strictObject(fields);
