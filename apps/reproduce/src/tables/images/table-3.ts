import { D3pmError } from '@d3pm/core';
import { type FeatureName, type ReferenceName, table3DataSets, type TableSize } from '../../choices.ts';
import type { WeightsFile } from '../../features/weights-file.ts';
import type { LossConfig, NamedConfig, TrainConfig } from '../../config/train-config.ts';
import { besideThePaper, comparisonWithPaper, fromThePaper } from '../table-rows.ts';
import type { ImageTable, Measure, Published, TableRow } from '../table.ts';
import { imageSizes, type ImageSize } from './image-sizes.ts';

interface DataOfTable3 {
  readonly note: string;
  readonly isOfThePaper: boolean;
  readonly numStates: number;
  /** `[height, width, channels]` */
  readonly exampleShape: readonly [number, number, number];
  /** Height of the level with attention in the small network; in that of the paper it is 16. */
  readonly attention: number;
  /** Of a classifier that comes with the program, where there is one of such images. */
  readonly features?: FeatureName;
}

const dataSets: Readonly<Record<(typeof table3DataSets)[number], DataOfTable3>> = {
  cifar10: {
    isOfThePaper: true,
    note: 'CIFAR-10: 50,000 and 10,000 images of 32 × 32 × 3, mirrored at random in training',
    numStates: 256,
    exampleShape: [32, 32, 3],
    attention: 8,
  },
  'fashion-mnist': {
    isOfThePaper: false,
    note: 'a stand-in for CIFAR-10: Fashion-MNIST, 60,000 and 10,000 images of 28 × 28 in 256 levels of grey',
    numStates: 256,
    exampleShape: [28, 28, 1],
    attention: 7,
    features: 'fashion',
  },
  photographs: {
    isOfThePaper: false,
    note: 'a stand-in for CIFAR-10: squares of 32 × 32 × 3 of eight photographs, which come with the program',
    numStates: 256,
    exampleShape: [32, 32, 3],
    attention: 8,
  },
  digits: {
    isOfThePaper: false,
    note: 'handwritten digits of 8 × 8 in 17 levels, 1,797 in all, which come with the program',
    numStates: 17,
    exampleShape: [8, 8, 1],
    attention: 4,
    features: 'digits',
  },
};

/** Rows that Figure 3 shows. */
export const FIGURE_3_ROWS: readonly string[] = Object.freeze(['absorbing-hybrid', 'gauss-logistic']);

export interface Table3Options {
  readonly size: TableSize;
  /** 'fashion-mnist' or 'cifar10' as `d3pm download` keeps them, or 'photographs' or 'digits'. */
  readonly data: string;
  /** Weights of the network of the customary FID, by which samples are scored as well. */
  readonly inception?: WeightsFile | undefined;
  /** Whether two rows are scored by the Inception of npm `nsfwjs` as well. */
  readonly nsfw?: boolean | undefined;
}

/** Table 3 of Section 6 and B.1, images: the six rows of the paper, and the ablations that its text reports. */
export function table3({ size, data, inception, nsfw }: Table3Options): ImageTable {
  const set = new Map(Object.entries(dataSets)).get(data);
  if (!set) throw new D3pmError('UNKNOWN_NAME', `table-3: --data is "${data}", expected one of ${table3DataSets.join(', ')}`);
  if (size === 'paper') assertFitsThePaper(data, set);
  const sized = imageSizes[size];
  const features = measures(set, { inception, nsfw });
  // The paper's FID is of the training images; elsewhere that would reward learning them by heart.
  const reference: ReferenceName = set.isOfThePaper ? 'train' : 'test';
  const { numSteps, chains, sampleSteps, sizes } = sized;
  const model = size === 'small' ? { ...sized.model, attentionResolutions: [set.attention] } : sized.model;
  const config = rowConfigs({ ...sized, model }, { name: data });
  const steps = size !== 'paper' && { steps: 'information' as const };
  const hybrid = (lambda: number): Extract<LossConfig, { readonly name: 'hybrid' }> => ({
    name: 'hybrid',
    lambda,
    reverse: 'plug-in',
    firstStep: 'denoiser',
    ...steps,
  });
  const cosine = { transition: { name: 'uniform' }, schedule: { name: 'cosine', numSteps } };
  const grey = {
    transition: { name: 'absorbing', maskState: Math.floor(set.numStates / 2), extraMask: false },
    schedule: { name: 'inverse-remaining', numSteps },
  };
  const gauss = {
    transition: { name: 'discretized-gaussian' },
    schedule: { name: 'linear-variance', start: 1e-4, stop: 0.02, numSteps },
  };
  const logistic = { head: 'logistic' };
  const paper = (
    name: string,
    title: string,
    parts: TableRow['config'],
    [inceptionScore, fid, value, spread]: readonly [number, number, number, number?],
  ): TableRow => {
    const published: Published = { value, inceptionScore, fid, ...(spread !== undefined && { spread }) };
    return fromThePaper(name, title, parts, ['plug-in', 'mixture'], { [chains[0]!]: published });
  };
  const beside = (name: string, title: string, parts: TableRow['config']): TableRow =>
    besideThePaper({ name, title, config: parts, reverses: ['plug-in', 'mixture'] });
  const rows: readonly TableRow[] = [
    paper('uniform', 'D3PM uniform (L_vb)', config({ ...cosine, loss: hybrid(0) }), [6.09, 48.065, 5.11, 0.01]),
    paper('absorbing', 'D3PM absorbing (L_vb)', config({ ...grey, loss: hybrid(0) }), [6.2, 41.75, 4.88, 0.02]),
    paper('absorbing-hybrid', 'D3PM absorbing (L_λ=0.001)', config({ ...grey, loss: hybrid(0.001) }), [6.7, 30.99, 4.45]),
    paper('gauss', 'D3PM Gauss (L_vb)', config({ ...gauss, loss: hybrid(0) }), [7.92, 15.72, 3.97]),
    paper('gauss-hybrid', 'D3PM Gauss (L_λ=0.001)', config({ ...gauss, loss: hybrid(0.001) }), [8.54, 8.23, 3.985, 0.007]),
    paper(
      'gauss-logistic',
      'D3PM Gauss + logistic (L_λ=0.001)',
      config({ ...gauss, loss: hybrid(0.001) }, logistic),
      [8.65, 6.9, 3.442, 0.003],
    ),
    beside(
      'uniform-linear',
      'uniform, linear schedule',
      config({ transition: { name: 'uniform' }, schedule: { name: 'linear', start: 0.02, stop: 1, numSteps }, loss: hybrid(0) }),
    ),
    ...(size === 'paper'
      ? []
      : [beside('gauss-uniform-steps', 'Gauss, L_vb, t drawn uniformly', config({ ...gauss, loss: { ...hybrid(0), steps: 'uniform' } }))]),
    beside('gauss-hybrid-0.1', 'Gauss, L_λ=0.1', config({ ...gauss, loss: hybrid(0.1) })),
    beside(
      'gauss-cross-entropy',
      'Gauss, cross-entropy alone',
      config({ ...gauss, loss: { name: 'cross-entropy', reverse: 'plug-in', firstStep: 'denoiser' } }),
    ),
  ];
  return {
    kind: 'image',
    name: 'table-3',
    title: 'Table 3: images',
    size,
    dataNote: set.note,
    unit: 'bits/dim',
    chains,
    rows,
    sizes,
    sampleSteps,
    everyStep: sampleSteps < chains[0]! ? ['gauss-logistic'] : [],
    progressive: FIGURE_3_ROWS,
    features,
    reference,
    ...(inception && { inception }),
    comparison: comparisonWithPaper(size, set.isOfThePaper),
    differences: [...differences(set, sized, size), ...(features.length > 0 ? scoreDifferences(reference, sized) : [])],
  };
}

/** The networks of the paper are for its images: others would be refused late, or be trained by another network. */
function assertFitsThePaper(data: string, set: DataOfTable3): void {
  if (isOfPaperSize(set)) return;
  const fitting = table3DataSets.filter((name) => isOfPaperSize(dataSets[name]));
  throw new D3pmError(
    'INVALID_OPTIONS',
    `table-3: the networks of --size paper are for images of 32 × 32 × 3 in 256 levels, and those of "${data}" are ${set.exampleShape.join(' × ')} in ${set.numStates}; give --data ${fitting.join(' or ')}, or --size small`,
  );
}

const isOfPaperSize = ({ numStates, exampleShape }: DataOfTable3): boolean => numStates === 256 && exampleShape.join() === '32,32,3';

/** What the paper scores. */
const PAPER_SAMPLES = 50_000;
/** Images that are enough where each takes a quarter of a second. */
const NSFW_EXAMPLES = 2048;
/** The first and the last row of the paper. */
const NSFW_ROWS = ['uniform', 'gauss-logistic'];

function measures({ features }: DataOfTable3, { inception, nsfw }: Pick<Table3Options, 'inception' | 'nsfw'>): readonly Measure[] {
  return [
    ...(features ? [{ name: features, referenceExamples: Infinity }] : []),
    ...(inception ? [{ name: 'inception', referenceExamples: Infinity } as const] : []),
    ...(nsfw ? [{ name: 'nsfw', referenceExamples: NSFW_EXAMPLES, rows: NSFW_ROWS } as const] : []),
  ];
}

/** The configs of a table's rows, which differ by their noise, their loss and their head. */
function rowConfigs({ model, training, evaluation, saving }: ImageSize, data: NamedConfig) {
  return (
    parts: Pick<TrainConfig, 'loss' | 'schedule' | 'transition'>,
    ofModel: Readonly<Record<string, unknown>> = {},
  ): TableRow['config'] => ({ data, ...parts, model: { ...model, ...ofModel }, training, evaluation, saving });
}

function differences(
  { isOfThePaper, note }: DataOfTable3,
  { model, training, sampleSteps }: ImageSize,
  size: TableSize,
): readonly string[] {
  const { numChannels, channelMultipliers, numResidualBlocks } = model as NamedConfig & {
    readonly numChannels?: number;
    readonly channelMultipliers?: readonly number[];
    readonly numResidualBlocks?: number;
  };
  const smaller = [
    `The network is a U-Net of ${numChannels} channels × ${channelMultipliers?.join(', ')} with ${numResidualBlocks} residual block a level, in place of 128 × 1, 2, 2, 2 with two.`,
    `It is trained for ${training.numSteps.toLocaleString('en')} updates of ${training.batchSize} images at a rate that falls linearly from ${training.learningRate}, in place of 1,500,000 of 128 at 0.0002; averages of decay ${training.emaDecay}, in place of 0.9999; nothing is dropped.`,
    'The t of a bound are drawn half uniformly, an eighth at t = 1, and else in proportion to the information that a step takes, each weighted by the inverse, where the paper draws them uniformly: the same mean, and less variance, in training and in the estimates. The paper supposes that L_λ is better because the gradients of L_vb are noisy at small t; these are less so, and a row with t drawn uniformly shows how much that is worth. The cross-entropy alone is trained with t drawn uniformly.',
    'The rows have the same number of updates, not of minutes: those of the Gaussian take about twice the time.',
    'In training the bound alone is followed, where the paper’s text says that the FID of its cross-entropy run rose again.',
    `Samples are drawn by ${sampleSteps} of the T steps, in place of all.`,
  ];
  return [
    ...(isOfThePaper ? [] : [`The data is ${note}.`]),
    ...(size === 'paper' ? [] : smaller),
    'The logistic head has exact tails; in the authors’ code those above the mean have a floor.',
    'No number is added inside a logarithm; the authors’ 10⁻⁶ raises the bound of the Gaussian by some per cent.',
    'The last sampling step draws, where the authors take the mode, which biases samples and no bound.',
    'Gradients are clipped after the mean over examples, where the authors clip those of each device before it.',
  ];
}

function scoreDifferences(reference: ReferenceName, { sizes: { samples } }: ImageSize): readonly string[] {
  return [
    ...(reference === 'train'
      ? []
      : [
          'Samples are compared with held-out images, where the custom is to compare with the training images, which rewards learning them by heart; the paper does not say which.',
        ]),
    ...(samples < PAPER_SAMPLES
      ? [`Scores are of ${samples} samples, in place of 50,000; the inception score is of all of them at once, in place of ten parts.`]
      : []),
  ];
}
