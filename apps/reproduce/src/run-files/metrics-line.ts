import { z } from 'zod';

/** Of a step of training or of an evaluation, as a line of metrics.jsonl has it. Numbers may be NaN and infinite. */
export type MetricsLine =
  | {
      readonly kind: 'train';
      readonly step: number;
      /** In bits per dimension, a mean since the line before. */
      readonly lossBits: number;
      readonly gradientNorm: number;
      readonly learningRate: number;
      /** Updates that were left out, by their steps. */
      readonly skipped: readonly number[];
    }
  | {
      readonly kind: 'evaluation';
      readonly step: number;
      /** In bits per dimension; absent where there is no held-out data. */
      readonly boundBits?: number | undefined;
      readonly boundStandardErrorBits?: number | undefined;
    }
  | { readonly kind: 'other'; readonly step: number };

const step = z.number().int().nonnegative();
const real = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const schemas = {
  train: z.object({
    kind: z.literal('train'),
    step,
    lossBits: real,
    gradientNorm: real,
    learningRate: real,
    skipped: z.array(step).default([]),
  }),
  evaluation: z.object({ kind: z.literal('evaluation'), step, boundBits: real.optional(), boundStandardErrorBits: real.optional() }),
  other: z.object({ step }).transform((line) => ({ kind: 'other' as const, step: line.step })),
};

/** @returns a text that says what is wrong, for a line that is none. */
export function parseMetricsLine(text: string): MetricsLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const kind = typeof value === 'object' && value !== null ? (value as { readonly kind?: unknown }).kind : undefined;
  const { success, data, error } = schemas[kind === 'train' || kind === 'evaluation' ? kind : 'other'].safeParse(value);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
