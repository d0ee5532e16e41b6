import { createRng, informationCurve, sampleForward, stepGrid, type InformationPoint } from '@d3pm/core';
import type { Process } from '../process/build-process.ts';

/** What is left of x_0 in x_t. */
export interface CurvePoint {
  readonly t: number;
  /** I(x_t; x_0) / H(x_0); NaN where H is 0. */
  readonly information: number;
  /** P(x_t = x_0) */
  readonly unchanged: number;
}

/** All that the page shows of a process at one step. */
export interface ForwardPicture {
  readonly t: number;
  readonly numSteps: number;
  /** K, a mask counted. */
  readonly numStates: number;
  readonly maskState: number | undefined;
  /** Of x_0 and x_t. */
  readonly shape: readonly number[];
  readonly x0: Int32Array;
  readonly xt: Int32Array;
  /** Q_t, float64 `[K·K]`; at t = 0, where there is none, the identity. */
  readonly step: Float64Array;
  /** Q̄_t */
  readonly product: Float64Array;
  readonly curve: readonly CurvePoint[];
  readonly here: CurvePoint;
}

const CURVE_STEPS = 60;

/** Of all t, which is seconds for some families: made once for a process. */
export function forwardCurve(process: Process): readonly CurvePoint[] {
  const { numSteps } = process.transition;
  return [...stepGrid(numSteps, Math.min(numSteps, CURVE_STEPS))].map((t) => pointAt(process, t));
}

/** A draw of x_t given x_0, with the matrices that it is drawn from. The same seed at another t is the same draw of uniform numbers. */
export function forwardPicture(
  process: Process,
  { curve, t, seed }: { readonly curve: readonly CurvePoint[]; readonly t: number; readonly seed: number },
): ForwardPicture {
  const { transition, example } = process;
  const { numSteps, numStates, extraMask } = transition;
  const { values } = sampleForward(transition, example.states, { t, rng: createRng(seed).split('corruption') });
  return {
    t,
    numSteps,
    numStates,
    maskState: extraMask,
    shape: example.states.shape,
    x0: example.states.values.slice(),
    xt: values,
    step: transition.toDense(Math.max(0, t - 1), t).slice(),
    product: transition.toDense(0, t).slice(),
    curve,
    here: pointAt(process, t),
  };
}

function pointAt({ transition, dataLaw }: Process, t: number): CurvePoint {
  const [{ sharedNats, lostNats }] = informationCurve(transition, { dataLaw, ts: [t] }) as [InformationPoint];
  const dense = transition.toDense(0, t);
  const unchanged = dataLaw.reduce((sum, mass, i) => sum + mass * dense[i * (dataLaw.length + 1)]!, 0);
  return { t, information: sharedNats / (sharedNats + lostNats), unchanged };
}
