import type { States } from '@d3pm/core';

export interface ScatterPanelOptions {
  /** Edge of the panel in pixels. */
  readonly size: number;
  /** Number of data states on each axis. */
  readonly numStates: number;
  /** Colour of each point. */
  readonly colors: readonly string[];
  /** Points in this state lie on a margin of their own: they are masked, not placed. */
  readonly maskState?: number;
}

/** Pairs of categorical variables as points in a square; the second variable goes upwards. */
export function scatterPanel(states: States, { size, numStates, colors, maskState }: ScatterPanelOptions): string {
  const margin = maskState === undefined ? 0 : size * 0.1;
  const cell = (size - margin) / numStates;
  const radius = Math.max(0.9, cell * 0.42);
  const along = (state: number): number => (state === maskState ? margin * 0.4 : margin + (state + 0.5) * cell);
  const dots = Array.from({ length: states.shape[0]! }, (_, b) => {
    const [x, y] = [along(states.values[2 * b]!), size - along(states.values[2 * b + 1]!)];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(2)}" fill="${colors[b]}" fill-opacity="0.75"/>`;
  });
  const masked =
    maskState === undefined
      ? ''
      : `<rect width="${margin * 0.8}" height="${size}" fill="#eee"/><rect y="${size - margin * 0.8}" width="${size}" height="${margin * 0.8}" fill="#eee"/>`;
  return `${masked}${dots.join('')}<rect width="${size}" height="${size}" fill="none" stroke="#bbb"/>`;
}
