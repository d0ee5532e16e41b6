/** Sizes of the runs. Everything that decides a number stands here. */
export interface Preset {
  readonly swissRoll: {
    readonly numStates: number;
    readonly numSteps: number;
    /** β of the discretised Gaussian, a variance, linear in t. */
    readonly beta: readonly [start: number, stop: number];
    readonly lambda: number;
    readonly hiddenUnits: number;
    readonly batchSize: number;
    readonly trainSteps: number;
    readonly learningRate: number;
    /** Points in the figure, and in the comparison of histograms. */
    readonly points: number;
  };
  readonly text: {
    readonly length: number;
    readonly numSteps: number;
    readonly numChannels: number;
    readonly dilations: readonly number[];
    readonly batchSize: number;
    readonly trainSteps: number;
    readonly learningRate: number;
    /** Test examples of which the bound is estimated, and masked draws of each. */
    readonly testExamples: number;
    readonly drawsPerExample: number;
    /** Chains of which the bound is reported, longest first. */
    readonly chains: readonly number[];
    readonly samples: number;
    readonly sampleSteps: number;
  };
}

/** What `npm start` runs: minutes on two cores without a GPU. */
export const quickstartPreset: Preset = {
  swissRoll: {
    numStates: 64,
    numSteps: 100,
    beta: [3e-4, 0.1],
    lambda: 0.01,
    hiddenUnits: 128,
    batchSize: 512,
    trainSteps: 600,
    learningRate: 3e-3,
    points: 2000,
  },
  text: {
    length: 128,
    numSteps: 1000,
    numChannels: 128,
    dilations: [1, 2, 4, 8],
    batchSize: 8,
    trainSteps: 1200,
    learningRate: 6e-3,
    testExamples: 400,
    drawsPerExample: 2,
    chains: [1000, 256, 20],
    samples: 6,
    sampleSteps: 256,
  },
};

/** Everything in seconds: it shows that the program runs, and its numbers mean nothing. */
export const smokePreset: Preset = {
  swissRoll: { ...quickstartPreset.swissRoll, batchSize: 32, trainSteps: 4, points: 64 },
  text: {
    ...quickstartPreset.text,
    length: 32,
    numChannels: 16,
    trainSteps: 4,
    testExamples: 4,
    drawsPerExample: 2,
    samples: 2,
    sampleSteps: 8,
  },
};
