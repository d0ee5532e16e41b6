import type { Choices } from '../choices/choices.ts';
import { drawLineChart, niceTicks } from '../draw/line-chart.ts';
import { drawMatrix } from '../draw/draw-matrix.ts';
import { rollPlaces } from '../draw/roll-places.ts';
import { createForwardClient } from '../forward/forward-client.ts';
import type { ForwardPicture } from '../forward/forward-picture.ts';
import type { Problem } from '../problem.ts';
import { colorScheme, onColorScheme } from './color-scheme.ts';
import { element } from './element.ts';
import { playButton } from './play-button.ts';
import { createStatesView, type ShownStates } from './states-view.ts';

const CHART_HEIGHT = 180;
const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %` : '–';

/** The first part of the page: the forward process at one step. */
export function createForwardSection(choose: (change: Partial<Choices>) => void): { show(choices: Choices): void } {
  const stage = element('forward-stage', HTMLElement);
  const problemBox = element('forward-problem', HTMLElement);
  const slider = element('t', HTMLInputElement);
  const readout = element('t-text', HTMLOutputElement);
  const chart = element('forward-chart', SVGSVGElement);
  const states = createStatesView(element('forward-states', HTMLElement));
  const matrices = [element('step-matrix', HTMLCanvasElement), element('product-matrix', HTMLCanvasElement)] as const;
  let last: { readonly picture: ForwardPicture; readonly choices: Choices } | undefined;

  const drawPicture = (): void => {
    if (!last) return;
    const { picture, choices } = last;
    const { t, numSteps, step, product, here } = picture;
    states.show(shownStates(picture, choices));
    element('forward-caption', HTMLElement).replaceChildren(bold('x', 't'), ` ${captionOf(picture)}`);
    [step, product].forEach((matrix, i) => {
      drawMatrix(matrices[i]!, matrix, { scheme: colorScheme() });
      matrices[i]!.setAttribute('aria-label', matrixLabel(['Q', 'Q bar'][i]!, matrix, t));
    });
    element('matrix-size', HTMLElement).textContent = `, ${picture.numStates} × ${picture.numStates}`;
    readout.textContent = `t = ${t} of ${numSteps}`;
    chart.setAttribute(
      'aria-label',
      `At t = ${t}: x_t knows ${percent(here.information)} of x_0, and ${percent(here.unchanged)} of the states are unchanged.`,
    );
    drawChart();
  };

  const drawChart = (): void => {
    const width = chart.clientWidth;
    if (!last || width === 0) return;
    const { curve, here, t, numSteps } = last.picture;
    drawLineChart(chart, {
      width,
      height: CHART_HEIGHT,
      xDomain: [0, numSteps],
      xTicks: niceTicks([0, numSteps], 5),
      yDomain: [0, 1],
      yTicks: [0, 0.5, 1],
      yFormat: (value) => `${100 * value} %`,
      lines: [
        { className: 'line-1', points: curve.map((point) => ({ x: point.t, y: point.information })) },
        { className: 'line-2', points: curve.map((point) => ({ x: point.t, y: point.unchanged })) },
      ],
      marker: { x: t, ys: [here.information, here.unchanged] },
    });
  };

  const setProblem = (problem: Problem | undefined): void => {
    problemBox.hidden = problem === undefined;
    stage.toggleAttribute('data-stale', problem !== undefined);
    element('forward-problem-text', HTMLElement).textContent = problem?.message ?? '';
    element('forward-way-out', HTMLElement).hidden = problem?.code !== 'UNIT';
  };

  const client = createForwardClient(() => new Worker(new URL('./forward-worker.js', import.meta.url), { type: 'module' }), {
    picture: (picture, choices) => {
      last = { picture, choices };
      setProblem(undefined);
      drawPicture();
      stage.setAttribute('aria-busy', 'false');
    },
    problem: (problem) => {
      setProblem(problem);
      stage.setAttribute('aria-busy', 'false');
    },
    waiting: (isWaiting) => stage.setAttribute('aria-busy', String(isWaiting)),
  });

  element('forward-way-out', HTMLElement).addEventListener('click', () => choose({ schedule: 'mutual-information' }));
  playButton(element('play', HTMLButtonElement), slider);
  onColorScheme(drawPicture);
  new ResizeObserver(drawChart).observe(chart);

  return {
    show: (choices) => {
      slider.max = String(choices.steps);
      slider.value = String(choices.t);
      client.show(choices);
    },
  };
}

function shownStates({ xt, x0, shape, numStates, maskState, t }: ForwardPicture, { data }: Choices): ShownStates {
  const dataStates = maskState === undefined ? numStates : numStates - 1;
  const changed = percent(share(xt, (state, i) => state !== x0[i]));
  const what = data === 'picture' ? 'The picture' : 'The points of the swiss roll';
  return {
    kind: data,
    states: xt,
    shape,
    numStates: dataStates,
    maskState,
    reference: x0,
    ...(data === 'swiss-roll' && { places: rollPlaces(x0, dataStates) }),
    label: `${what} at t = ${t}: ${changed} of the values are changed.`,
  };
}

function captionOf({ xt, x0, maskState }: ForwardPicture): string {
  const masked = share(xt, (state) => state === maskState);
  const moved = share(xt, (state, i) => state !== x0[i] && state !== maskState);
  const parts = [
    ...(maskState === undefined || moved > 0 ? [`${percent(moved)} changed`] : []),
    ...(maskState === undefined ? [] : [`${percent(masked)} masked`]),
  ];
  return parts.join(', ');
}

function share(states: Int32Array, test: (state: number, i: number) => boolean): number {
  let count = 0;
  states.forEach((state, i) => (count += Number(test(state, i))));
  return count / states.length;
}

function matrixLabel(name: string, matrix: Float64Array, t: number): string {
  const size = Math.round(Math.sqrt(matrix.length));
  const stay = Array.from({ length: size }, (_, i) => matrix[i * (size + 1)]!).reduce((sum, entry) => sum + entry, 0) / size;
  return `${name} at t = ${t}, ${size} by ${size}: a state stays what it is with probability ${stay.toPrecision(2)} on average.`;
}

/** A letter with a subscript. */
function bold(letter: string, index: string): HTMLElement {
  const outer = document.createElement('b');
  const sub = document.createElement('sub');
  sub.textContent = index;
  outer.append(letter, sub);
  return outer;
}
