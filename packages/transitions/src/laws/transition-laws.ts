import { adjoint } from './adjoint.ts';
import { chapmanKolmogorov } from './chapman-kolmogorov.ts';
import { classAxis } from './class-axis.ts';
import { closedForms } from './closed-forms.ts';
import { denseForm } from './dense-form.ts';
import { doublyStochastic } from './doubly-stochastic.ts';
import { draws } from './draws.ts';
import { extraMask } from './extra-mask.ts';
import { gathers } from './gathers.ts';
import { generator } from './generator.ts';
import { gradients } from './gradients.ts';
import { identity } from './identity.ts';
import { impossibleRows } from './impossible-rows.ts';
import { largeBatch } from './large-batch.ts';
import { noLeak } from './no-leak.ts';
import { priorNormalized } from './prior-normalized.ts';
import { refusals } from './refusals.ts';
import { resultShapes } from './result-shapes.ts';
import { reverseSupport } from './reverse-support.ts';
import { rowsForDraws } from './rows-for-draws.ts';
import { severalPositions } from './several-positions.ts';
import { stationarity } from './stationarity.ts';
import { stepsPerExample } from './steps-per-example.ts';
import { stochasticRows } from './stochastic-rows.ts';
import { underflow } from './underflow.ts';
import type { TransitionLaw } from './transition-law.ts';

/** Every law but `everyStep`, which is tried first, in the order of what to look at first when a family is wrong. */
export const transitionLaws: readonly TransitionLaw[] = [
  resultShapes,
  stochasticRows,
  identity,
  denseForm,
  gathers,
  rowsForDraws,
  draws,
  impossibleRows,
  adjoint,
  gradients,
  chapmanKolmogorov,
  underflow,
  stationarity,
  doublyStochastic,
  priorNormalized,
  closedForms,
  generator,
  extraMask,
  reverseSupport,
  severalPositions,
  stepsPerExample,
  largeBatch,
  refusals,
  classAxis,
  noLeak,
];
