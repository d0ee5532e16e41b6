import * as Plot from '@observablehq/plot';

export interface StepsAxis {
  readonly x: Plot.ScaleOptions;
  /** Every number of steps that is drawn; a logarithmic axis by itself leaves out 64 and 512. */
  readonly mark: Plot.Markish;
}

/** A logarithmic axis of numbers of reverse steps. `room` are the factors beyond the first and the last. */
export function stepsAxis(steps: readonly number[], room: readonly [number, number]): StepsAxis {
  const shown = [...new Set(steps)].sort((a, b) => a - b);
  return {
    x: { type: 'log', domain: [shown[0]! * room[0], shown.at(-1)! * room[1]] },
    mark: Plot.axisX(shown, {
      text: shown.map(String),
      label: 'reverse steps',
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 38,
    }),
  };
}
