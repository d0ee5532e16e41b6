import { D3pmError, type LogisticTails, type ModelSetting, type Prediction } from '@d3pm/core';
import {
  evenInteger,
  flag,
  integerFrom,
  integerList,
  nameAmong,
  numberList,
  parseOptions,
  predictionName,
  rate,
  type OptionCheck,
} from '../parse-options.ts';
import { levelHeights } from './u-net-layout.ts';

/** What the last convolution gives: K logits for each channel of a pixel, or place and scale of a logistic distribution (Appendix A.8). */
export type UNetHead = 'logistic' | 'logits';

/** The defaults are the paper's network for 32×32 images: 35.7 million parameters with the head 'logistic', 36.6 with 'logits'. */
export interface UNetDenoiserOptions<P extends Prediction = Prediction> {
  /** Of the first level; even. @defaultValue 128 */
  readonly numChannels?: number;
  /** A level each; the image is half as high and wide at the next. A level has this many times `numChannels`. @defaultValue [1, 2, 2, 2] */
  readonly channelMultipliers?: readonly number[];
  /** Of each level on the way down; one more on the way up. @defaultValue 2 */
  readonly numResidualBlocks?: number;
  /** Heights of levels with self-attention behind every residual block. The smallest image has one in any case. @defaultValue [16], or none where no level is 16 high */
  readonly attentionResolutions?: readonly number[];
  /** Of every attention; divides the channels of its level. @defaultValue 1 */
  readonly numHeads?: number;
  /**
   * Groups of channels that are normalised together; divides `numChannels`. With one channel a group the time is lost: it is added to whole channels, and a group of one takes it away.
   *
   * @defaultValue 32, or the greatest power of two below it that leaves four channels a group; 1 where none does
   */
  readonly numGroups?: number;
  /** Probability that a number inside a residual block is left out of an update, rounded to a multiple of 2⁻¹⁶. @defaultValue 0.1 */
  readonly dropout?: number;
  /** @defaultValue 'logits' */
  readonly head?: UNetHead;
  /** Of the head 'logistic': exact, or floored on one side as in the authors’ code. @defaultValue 'exact' */
  readonly logisticTails?: LogisticTails;
  /** Whether x_t, one-hot, is added to the logits, which then start as favouring what is there. For the head 'logits'. @defaultValue true */
  readonly skip?: boolean;
  /** Logits `[K]` that every number of the image starts from, without the skip. For the head 'logits'. @defaultValue zeros */
  readonly outputBias?: ArrayLike<number>;
  /** What the logits are trained to mean. @defaultValue 'denoiser' */
  readonly prediction?: P;
}

/** Options with everything filled in that does not have to be absent. */
export type UNetShape = Required<Omit<UNetDenoiserOptions, 'outputBias'>> & Pick<UNetDenoiserOptions, 'outputBias'>;

const CALLER = 'createUNetDenoiser';
const HEADS: readonly UNetHead[] = ['logistic', 'logits'];
const TAILS: readonly LogisticTails[] = ['exact', 'floored'];

const heightList: OptionCheck = (caller, field, value) => {
  if (!Array.isArray(value) || value.length > 0) integerList(caller, field, value);
};

/** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
export function parseUNetOptions(options: unknown): UNetDenoiserOptions {
  return parseOptions<UNetDenoiserOptions>(CALLER, options, {
    numChannels: evenInteger,
    channelMultipliers: integerList,
    numResidualBlocks: integerFrom(1),
    attentionResolutions: heightList,
    numHeads: integerFrom(1),
    numGroups: integerFrom(1),
    dropout: rate,
    head: nameAmong(HEADS),
    logisticTails: nameAmong(TAILS),
    skip: flag,
    outputBias: numberList,
    prediction: predictionName,
  });
}

/**
 * The defaults filled in, for an image that the network can halve as often as it has to.
 *
 * @throws {D3pmError} `SHAPE` when an example is not such an image, otherwise `INVALID_OPTIONS`.
 */
export function uNetShape(
  { exampleShape, numStates, extraMask }: Pick<ModelSetting, 'exampleShape' | 'extraMask' | 'numStates'>,
  options: unknown,
): UNetShape {
  const given = parseUNetOptions(options);
  const { numChannels = 128, channelMultipliers = [1, 2, 2, 2], numResidualBlocks = 2, numHeads = 1, dropout = 0.1 } = given;
  const {
    numGroups = groupsOf(numChannels),
    head = 'logits',
    logisticTails = 'exact',
    skip = true,
    outputBias,
    prediction = 'denoiser',
  } = given;
  assertImage(exampleShape, channelMultipliers.length);
  const heights = levelHeights(exampleShape[0]!, channelMultipliers.length);
  const { attentionResolutions = heights.filter((height) => height === 16) } = given;
  const refuse = (text: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `${CALLER}: ${text}`);
  };
  const unknown = attentionResolutions.find((resolution) => !heights.includes(resolution));
  if (unknown !== undefined) refuse(`attentionResolutions has ${unknown}, expected heights of levels, which are ${heights.join(', ')}`);
  if (numChannels % numGroups !== 0) refuse(`numGroups is ${numGroups}, expected a divisor of numChannels, which is ${numChannels}`);
  const indivisible = channelMultipliers.find((multiplier) => (numChannels * multiplier) % numHeads !== 0);
  if (indivisible !== undefined)
    refuse(`numHeads is ${numHeads}, expected a divisor of the channels of every level, one of which has ${numChannels * indivisible}`);
  if (head === 'logistic' && given.outputBias !== undefined)
    refuse('outputBias is given with the head "logistic", which has no logits of its own to start from; leave it out');
  if (head === 'logistic' && given.skip === true)
    refuse('skip is true with the head "logistic", which predicts relative to x_t already; leave it out');
  if (head === 'logits' && given.logisticTails !== undefined)
    refuse('logisticTails is given with the head "logits", which has none; leave it out, or take the head "logistic"');
  if (head === 'logistic' && extraMask !== undefined)
    refuse(
      `head is "logistic" with the extra mask ${extraMask}, and would take the mask for a level; take the head "logits", or re-use a level of the data as the mask`,
    );
  if (head === 'logistic' && numStates < 2) refuse(`numStates is ${numStates} with the head "logistic", expected at least 2`);
  return {
    numChannels,
    channelMultipliers,
    numResidualBlocks,
    attentionResolutions,
    numHeads,
    numGroups,
    dropout,
    head,
    logisticTails,
    skip,
    ...(outputBias && { outputBias }),
    prediction,
  };
}

function assertImage(exampleShape: readonly number[], numLevels: number): void {
  const [height, width] = exampleShape;
  const factor = 2 ** (numLevels - 1);
  const shown = `${CALLER}: exampleShape is [${exampleShape.join(', ')}]`;
  if (exampleShape.length !== 3)
    throw new D3pmError('SHAPE', `${shown}, expected [height, width, channels]; a grey image has one channel, [height, width, 1]`);
  if (height! % factor !== 0 || width! % factor !== 0) {
    throw new D3pmError(
      'SHAPE',
      `${shown}, expected height and width to be multiples of ${factor}, for ${numLevels} levels halve them ${numLevels - 1} times; give fewer channelMultipliers, or pad the images`,
    );
  }
}

/** As the paper's 128 channels have 32 groups: halved from 32 until they divide, with four channels each where there are so many. */
function groupsOf(numChannels: number): number {
  let numGroups = 32;
  while (numGroups > 1 && (numChannels % numGroups !== 0 || numChannels / numGroups < 4)) numGroups /= 2;
  return numGroups;
}
