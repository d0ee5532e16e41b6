import type { ReportSection } from '../report/html-report.ts';
import type { SwissRollResult } from './swiss-roll.ts';

/** Figure 1 in the report, with how near its samples are to the data. */
export function swissRollSection({
  sampleKlNats,
  dataKlNats,
  uniformKlNats,
  trainSteps,
  priorBits,
}: Omit<SwissRollResult, 'svg'>): ReportSection {
  return {
    title: 'Figure 1: corruption, and its learned reverse',
    blocks: [
      {
        kind: 'image',
        file: 'figure-1.png',
        alt: 'Rows: uniform, discretised Gaussian and absorbing forward processes on a swiss roll with their transition matrices, and samples of a learned Gaussian reverse process, at five steps.',
        caption: 'Matrices are coloured by the square root of the probability, relative to the largest entry.',
      },
      {
        kind: 'table',
        head: ['points', 'KL to the data, nats'],
        rows: [
          [`learned Gaussian, ${trainSteps} steps`, sampleKlNats.toFixed(3)],
          ['other data points (the least that can be expected)', dataKlNats.toFixed(3)],
          ['uniform noise', uniformKlNats.toFixed(3)],
        ],
        caption: `Between histograms of 16 × 16 cells; not a bound and not a likelihood. L_T of the chain is ${priorBits.toPrecision(2)} bits per dimension.`,
      },
    ],
  };
}
