import { bundle } from './bundle.ts';
import { outcomeOf, type StepOutcome } from './step-outcome.ts';

/** A text that tells a part of a package, and a program that has that part. */
interface Telltale {
  readonly text: string;
  readonly program: string;
}

export interface BundleBudget {
  readonly name: string;
  /** What an application writes that uses this and nothing else. */
  readonly program: string;
  /** Most bytes of the minified bundle after gzip, tfjs-core left out. */
  readonly maxGzipBytes: number;
  /** What must stay out. */
  readonly absent: readonly Telltale[];
}

/** A message of ml-matrix, and a name that the WebAssembly module exports. */
const EIGENVALUES: Telltale = {
  text: 'Matrix is not a square matrix',
  program: "export { matrixExponential } from '@d3pm/transitions';",
};
const RECURRENCE: Telltale = { text: '"advance"', program: "export { sparseExponential } from '@d3pm/transitions';" };

/** About a fifth more than measured: a new import of a whole part is seen, a new line is not. */
const bundleBudgets: readonly BundleBudget[] = [
  {
    name: 'the posterior and one family',
    program: "export { posteriorLogProbs } from '@d3pm/core'; export { uniform } from '@d3pm/transitions';",
    maxGzipBytes: 5300,
    absent: [
      { text: '"absorbing"', program: "export { absorbing } from '@d3pm/transitions';" },
      { text: '"discretized-gaussian"', program: "export { discretizedGaussian } from '@d3pm/transitions';" },
      { text: 'NO_STATIONARY', program: "export { dense } from '@d3pm/transitions';" },
      { text: '"banded"', program: "export { banded } from '@d3pm/transitions';" },
      { text: '"nearest-neighbor"', program: "export { nearestNeighbor } from '@d3pm/transitions';" },
      { text: '"uniform-absorbing"', program: "export { uniformAbsorbing } from '@d3pm/transitions';" },
      { text: '"block-absorbing"', program: "export { blockAbsorbing } from '@d3pm/transitions';" },
      { text: '"autoregressive"', program: "export { autoregressive } from '@d3pm/transitions';" },
      { text: ' with mask', program: "export { withMask } from '@d3pm/transitions';" },
      EIGENVALUES,
      RECURRENCE,
    ],
  },
  {
    name: 'the exponential of a small matrix',
    program: "export { matrixExponential } from '@d3pm/transitions';",
    maxGzipBytes: 31_000,
    absent: [RECURRENCE],
  },
  {
    name: 'a reverse process and one sampler',
    program: "export { createRng, mixture } from '@d3pm/core'; export { ancestralSampler } from '@d3pm/samplers';",
    maxGzipBytes: 8800,
    absent: [{ text: 'forwardTrajectory', program: "export { forwardTrajectory } from '@d3pm/samplers';" }],
  },
  {
    // 2.4 kB of it are the closed form for families of rank one, with its gradient; 0.8 kB compute a term in parts, 0.3 kB ask for the
    // operations of the native engine.
    name: 'one loss',
    program: "export { mixture } from '@d3pm/core'; export { hybridLoss } from '@d3pm/train';",
    maxGzipBytes: 8400,
    absent: [
      { text: 'exactCountLoss', program: "export { exactCountLoss } from '@d3pm/train';" },
      { text: 'clipNorm', program: "export { train } from '@d3pm/train';" },
    ],
  },
];

/** Whether each bundle keeps its budget, and whether what must stay out would be seen. */
export async function checkBudgets(folder: string, budgets: readonly BundleBudget[] = bundleBudgets): Promise<readonly StepOutcome[]> {
  return Promise.all(
    budgets.map(async ({ name, program, maxGzipBytes, absent }): Promise<StepOutcome> => {
      const { code, gzipBytes } = await bundle(folder, program);
      const faults: string[] = gzipBytes > maxGzipBytes ? [`${gzipBytes} bytes (gzip), at most ${maxGzipBytes}`] : [];
      for (const telltale of absent) {
        if (code.includes(telltale.text)) faults.push(`${telltale.text} is in the bundle`);
        const owner = await bundle(folder, telltale.program);
        if (!owner.code.includes(telltale.text)) faults.push(`${telltale.text} tells nothing: it is not in ${telltale.program} either`);
      }
      return { name: `bundle: ${name}, ${(gzipBytes / 1000).toFixed(1)} kB`, outcome: outcomeOf(faults) };
    }),
  );
}
