import { alongColor, type Scheme } from './color-ramp.ts';

export interface PointsOptions {
  /** K of the data, on each axis. */
  readonly numStates: number;
  readonly maskState: number | undefined;
  /** For the colour of a point, its place in [0, 1]. */
  readonly places: ArrayLike<number>;
  readonly scheme: Scheme;
}

/** Pixels of an edge; the page scales it. */
const SIZE = 720;
/** Of the edge, for what is masked. */
const MARGIN = 0.09;

/** Pairs of states as points in a square, the second upwards. A masked variable lies in the margin of its axis. */
export function drawPoints(canvas: HTMLCanvasElement, states: Int32Array, { numStates, maskState, places, scheme }: PointsOptions): void {
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext('2d')!;
  const margin = maskState === undefined ? 0 : MARGIN * SIZE;
  const cell = (SIZE - margin) / numStates;
  const along = (state: number): number => (state === maskState ? 0.42 * margin : margin + (state + 0.5) * cell);
  if (margin > 0) {
    context.fillStyle = scheme === 'dark' ? 'rgba(255, 255, 255, 0.07)' : 'rgba(0, 0, 0, 0.05)';
    context.fillRect(0, 0, 0.84 * margin, SIZE);
    context.fillRect(0.84 * margin, SIZE - 0.84 * margin, SIZE, 0.84 * margin);
  }
  const radius = Math.min(7, Math.max(3.2, 0.42 * cell));
  context.globalAlpha = 0.72;
  for (let i = 0; 2 * i < states.length; i++) {
    context.fillStyle = `rgb(${alongColor(places[i] ?? 0.5, scheme).join(' ')})`;
    context.beginPath();
    context.arc(along(states[2 * i]!), SIZE - along(states[2 * i + 1]!), radius, 0, 2 * Math.PI);
    context.fill();
  }
}
