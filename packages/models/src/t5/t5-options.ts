import { D3pmError, type ModelSetting, type Prediction } from '@d3pm/core';
import { flag, integerFrom, nameAmong, parseOptions, predictionName, rate } from '../parse-options.ts';
import type { T5Bucketing } from './t5-buckets.ts';
import { t5Presets } from './t5-presets.ts';

/** The defaults are the paper's network: 85,765,248 parameters for text8 with a mask and 1000 steps, 98,306,688 for LM1B. */
export interface T5DenoiserOptions<P extends Prediction = Prediction> {
  /** A multiple of `numHeads`. @defaultValue 768 */
  readonly numChannels?: number;
  /** @defaultValue 12 */
  readonly numBlocks?: number;
  /** A divisor of `numChannels`. @defaultValue one for each 64 channels, or the nearest smaller divisor */
  readonly numHeads?: number;
  /** Width of the feed-forward layer. @defaultValue 4 · numChannels */
  readonly numHidden?: number;
  /** Of distances; even, at least 4. @defaultValue 32 */
  readonly numBuckets?: number;
  /** Distances from here on are one; more than the buckets of a side. @defaultValue 128 */
  readonly maxDistance?: number;
  /**
   * Which distances are told apart: those to both sides, or only those to the left, with all to the right as one. The second is what the authors' code
   * does, in a network that reads both sides.
   *
   * @defaultValue 'bidirectional', or 'left-only' for a causal network, which takes no other
   */
  readonly bucketing?: T5Bucketing;
  /** How it is told the step: a learned row for each, or not at all. @defaultValue 'table', or 'none' for a causal network, which takes no other */
  readonly time?: 'none' | 'table';
  /**
   * Whether a position reads the states before it alone, which makes an autoregressive model of the same size: the input is
   * shifted by one, with a learned vector in front, one row more of the embedding.
   *
   * @defaultValue false
   */
  readonly causal?: boolean;
  /** Probability that a number is left out of an update, at the input, in and behind every branch and before the head; rounded to a multiple of 2⁻¹⁶. @defaultValue 0 */
  readonly dropout?: number;
  /** What the logits are trained to mean. @defaultValue 'denoiser' */
  readonly prediction?: P;
}

/** Options with everything filled in. */
export type T5Shape = Required<T5DenoiserOptions>;

const CALLER = 'createT5Denoiser';
const BUCKETINGS: readonly T5Bucketing[] = ['bidirectional', 'left-only'];
const CHANNELS_PER_HEAD = 64;

/** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
export function parseT5Options(options: unknown): T5DenoiserOptions {
  return parseOptions<T5DenoiserOptions>(CALLER, options, {
    numChannels: integerFrom(1),
    numBlocks: integerFrom(1),
    numHeads: integerFrom(1),
    numHidden: integerFrom(1),
    numBuckets: integerFrom(4),
    maxDistance: integerFrom(1),
    bucketing: nameAmong(BUCKETINGS),
    time: nameAmong(['none', 'table']),
    causal: flag,
    dropout: rate,
    prediction: predictionName,
  });
}

/**
 * The defaults filled in.
 *
 * @throws {D3pmError} `SHAPE` when an example is not a sequence, otherwise `INVALID_OPTIONS`.
 */
export function t5Shape({ exampleShape }: Pick<ModelSetting, 'exampleShape'>, options: unknown): T5Shape {
  const given = parseT5Options(options);
  const { numChannels = t5Presets[12].numChannels, numBlocks = t5Presets[12].numBlocks, numBuckets = 32, maxDistance = 128 } = given;
  const { numHeads = headsOf(numChannels), numHidden = 4 * numChannels, causal = false } = given;
  const {
    bucketing = causal ? 'left-only' : 'bidirectional',
    time = causal ? 'none' : 'table',
    dropout = 0,
    prediction = 'denoiser',
  } = given;
  const refuse = (text: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `${CALLER}: ${text}`);
  };
  if (exampleShape.length !== 1) {
    throw new D3pmError(
      'SHAPE',
      `${CALLER}: exampleShape is [${exampleShape.join(', ')}], expected [length]; flatten the positions of an example into one axis`,
    );
  }
  if (numChannels % numHeads !== 0) refuse(`numHeads is ${numHeads}, expected a divisor of numChannels, which is ${numChannels}`);
  if (numBuckets % 2 !== 0) refuse(`numBuckets is ${numBuckets}, expected an even integer: half of them are for one distance each`);
  const perSide = bucketing === 'bidirectional' ? numBuckets / 2 : numBuckets;
  if (maxDistance <= perSide) {
    refuse(`maxDistance is ${maxDistance}, expected more than the ${perSide} buckets of a side; give fewer numBuckets`);
  }
  if (causal && time !== 'none') {
    refuse(
      'causal is true with time "table"; a causal network has no time of its own, for what it has read stays as it was computed; leave time out',
    );
  }
  if (causal && bucketing !== 'left-only') {
    refuse(
      'causal is true with bucketing "bidirectional", half of whose buckets are for positions that it does not read; leave bucketing out',
    );
  }
  return { numChannels, numBlocks, numHeads, numHidden, numBuckets, maxDistance, bucketing, time, causal, dropout, prediction };
}

/** The largest divisor of the channels that leaves a head at least 64 of them. */
function headsOf(numChannels: number): number {
  let heads = Math.max(1, Math.floor(numChannels / CHANNELS_PER_HEAD));
  while (numChannels % heads !== 0) heads -= 1;
  return heads;
}
