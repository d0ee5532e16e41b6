import { direct, leaveOneOut, mixture, plugIn, type ReverseProcess } from '@d3pm/core';
import { exactDirectReverse, exactLeaveOneOutReverse, exactMixture, exactPlugIn, type ExactReverse } from '@d3pm/core/testing';

/** Every reverse process beside the one that judges it. */
export const processes = [
  ['mixture', mixture(), exactMixture],
  ['plug-in', plugIn(), exactPlugIn({ firstStep: 'bayes' })],
  ['plug-in, first step the denoiser', plugIn({ firstStep: 'denoiser' }), exactPlugIn({ firstStep: 'denoiser' })],
  ['leave-one-out', leaveOneOut(), exactLeaveOneOutReverse],
  ['direct', direct(), exactDirectReverse],
] as const satisfies readonly (readonly [string, ReverseProcess, ExactReverse])[];
