import type { ReportSection } from '../report/html-report.ts';
import type { CharacterModelResult } from './character-model.ts';

/** Bits per character with its standard error, as in `2.85 ± 0.02`. */
const withError = (value: number, error: number): string => `${value.toFixed(3)} ± ${error.toFixed(3)}`;

/** The trained text model in the report: its bound beside the baselines, and what it writes. */
export function characterSection(result: CharacterModelResult): ReportSection {
  const { bounds, baselines, samples, progression, sampleSteps, parameters, trainSteps, networkCalls } = result;
  const boundRows = bounds.map(({ convention, total, prior, diffusion, reconstruction }) => [
    `absorbing D3PM, ${convention.numSteps} steps`,
    `≤ ${withError(total.bitsPerDimension, total.standardErrorBitsPerDimension)}`,
    prior.bitsPerDimension.toFixed(3),
    diffusion.bitsPerDimension.toFixed(3),
    reconstruction.bitsPerDimension.toFixed(3),
  ]);
  const [{ numExamples, positions }] = bounds as [(typeof bounds)[number]];
  return {
    title: 'An absorbing D3PM that read Moby-Dick',
    blocks: [
      {
        kind: 'paragraph',
        text: `${parameters.toLocaleString('en')} parameters, ${trainSteps} updates on the first 90 % of the book. The table is of text that it never saw.`,
      },
      {
        kind: 'image',
        file: 'bits-per-character.png',
        alt: 'Bound in bits per character against the number of reverse steps, with n-gram baselines.',
        caption: 'Bars: two standard errors.',
      },
      {
        kind: 'table',
        head: ['model', 'bits/char', 'L_T', 'Σ L_{t−1}', 'L_0'],
        rows: [...boundRows, ...baselines.map(({ name, bits }) => [`${name}, Kneser–Ney`, bits.toFixed(3), '', '', ''])],
        caption: `D3PM: an upper bound (exact-count estimate ± standard error, ${numExamples} held-out examples of ${positions} characters; reverse process: mixture, the preprint’s Eq. (4)). n-grams: exact code lengths.`,
      },
      {
        kind: 'text',
        lines: samples.map((text, i) => ({ label: `sample ${i + 1}`, text })),
        caption: `${sampleSteps} reverse steps; ${networkCalls} calls of the network for the batch. Nothing was picked.`,
      },
      {
        kind: 'text',
        lines: progression.map(({ t, text }) => ({ label: `t = ${t}`, text })),
        caption: 'The first sample on its way from masks (_) to text, as in Figure 3.',
      },
    ],
  };
}
