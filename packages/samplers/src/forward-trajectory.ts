import { assertStateRange, D3pmError, sampleForward, type Rng, type States, type Transition } from '@d3pm/core';

export interface ForwardTrajectoryOptions {
  readonly transition: Transition;
  /** Data, `[B, …N]`. */
  readonly states: States;
  /** Steps to stop at, strictly increasing, each in 0…T; 0 yields the data. */
  readonly ts: readonly number[];
  readonly rng: Rng;
  /** Example b draws as number firstExample + b. @defaultValue 0 */
  readonly firstExample?: number;
}

export interface ForwardState {
  readonly t: number;
  /** x_t, `[B, …N]`. */
  readonly states: States;
}

/**
 * x_t at several t along one path of the forward process, as in Figure 1:
 * x_{t_i} ~ q(x_{t_i} | x_{t_{i−1}}) = Cat(x_{t_{i−1}} Q(t_{i−1}→t_i)). Each x_t has the law of
 * Eq. (3), and a state that is masked stays so in all later ones.
 *
 * @throws {D3pmError} at once: `STEP_RANGE` unless 0 ≤ t_1 < t_2 < … ≤ T, `STATE_RANGE` for a state ≥ K.
 */
export function forwardTrajectory(options: ForwardTrajectoryOptions): Generator<ForwardState, void, undefined> {
  const { transition, states, ts } = options;
  assertStateRange('forwardTrajectory', 'states', states, transition.numStates);
  ts.forEach((t, i) => {
    if (!Number.isInteger(t) || t < 0 || t > transition.numSteps || (i > 0 && t <= ts[i - 1]!)) {
      throw new D3pmError(
        'STEP_RANGE',
        `forwardTrajectory: ts is [${ts.join(', ')}], expected increasing integers in 0…${transition.numSteps}`,
      );
    }
  });
  return run(options);
}

function* run({ transition, states, ts, rng, firstExample = 0 }: ForwardTrajectoryOptions): Generator<ForwardState, void, undefined> {
  let current: ForwardState = { t: 0, states };
  for (const t of ts) {
    if (t > current.t)
      current = { t, states: sampleForward(transition, current.states, { s: current.t, t, rng: rng.split('step', t), firstExample }) };
    yield current;
  }
}
