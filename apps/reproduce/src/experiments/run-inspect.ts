import { resolve } from 'node:path';
import { entropyNats, informationCurve, stepGrid, type InformationPoint, type NoiseSchedule, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { checkTransition, type CheckReport } from '@d3pm/transitions';
import { informationChart, type TitledMatrix } from '../figures/information-chart.ts';
import { renderPng } from '../figures/render-png.ts';
import { printResult } from '../output.ts';
import { writePicture } from './write-picture.ts';
import { inspectedProcess, type InspectOptions } from './inspected-process.ts';

/** Steps of which the picture knows; a line between them. */
const POINTS = 100;

/** Larger matrices would be grey. */
const MOST_STATES = 300;

/** `d3pm inspect`: what a schedule does to a family, as a picture and a table; on request whether the family keeps the laws. */
export async function runInspect(options: InspectOptions): Promise<void> {
  await prepareEngine({ backend: 'cpu' });
  const { transition, schedule, dataLaw } = await inspectedProcess(options);
  const { numSteps } = schedule;
  const { numStates } = transition;
  const ts = [...new Set([0, 1, ...stepGrid(numSteps, Math.min(numSteps, POINTS)), Math.max(1, numSteps - 1)])].sort((a, b) => a - b);
  const points = informationCurve(transition, { dataLaw, ts });
  const entropyBits = entropyNats(dataLaw) / Math.LN2;
  const title = `${options.transition}, ${options.schedule}`;
  const subtitle = `K = ${numStates}, T = ${numSteps}; H(x_0) = ${entropyBits.toFixed(3)} bits (${options.text ? 'characters of the text' : 'uniform'})`;
  const matrices = matricesOf(transition);
  const laws = options.check ? checkTransition(transition) : undefined;
  transition.dispose();

  const path = await writePicture(resolve(options.out), renderPng(informationChart({ title, subtitle, schedule, points, matrices })));
  printResult(options, {
    text: `${title}: ${subtitle}\n\n${table(points, schedule)}\n${laws ? `${lawsText(laws)}\n` : ''}${path}\n`,
    value: {
      transition: options.transition,
      schedule: options.schedule,
      numStates,
      numSteps,
      entropyBits,
      points,
      picture: path,
      ...(laws && { check: laws }),
    },
  });
  if (laws?.ok === false) process.exitCode = 1;
}

/** One step in the middle, and all steps up to a few. */
function matricesOf(transition: Transition): readonly TitledMatrix[] {
  const { numStates, numSteps } = transition;
  if (numStates > MOST_STATES) return [];
  const middle = Math.max(1, Math.round(numSteps / 2));
  const ts = [...new Set([1, Math.max(1, Math.round(numSteps / 4)), middle, numSteps])];
  return [
    { title: `Q_t, t = ${middle}`, from: 'x_{t−1}', matrix: transition.toDense(middle - 1, middle), numStates },
    ...ts.map((t) => ({ title: `Q̄_t, t = ${t}`, from: 'x_0', matrix: transition.toDense(0, t), numStates })),
  ];
}

function lawsText({ ok, laws }: CheckReport): string {
  const lines = laws.map(({ name, ok: holds, applies, worst, detail }) => {
    if (!applies) return `  –      ${name}: does not apply`;
    return holds ? `  ok     ${name}: ${(100 * worst).toFixed(0)} % of the tolerance` : `  BROKEN ${name}: ${detail}`;
  });
  return `${lines.join('\n')}\n${ok ? 'keeps the laws of a transition' : 'breaks laws of a transition'}\n`;
}

/** A few steps, in columns. */
function table(points: readonly InformationPoint[], { numSteps, unit, noise }: NoiseSchedule): string {
  const wanted = [0, 1, ...[0.25, 0.5, 0.75].map((share) => share * numSteps), numSteps - 1, numSteps];
  const nearest = (t: number): InformationPoint =>
    points.reduce((best, point) => (Math.abs(point.t - t) < Math.abs(best.t - t) ? point : best));
  const chosen = [...new Set(wanted.map(nearest))];
  const { keep, rate } = points[0]!;
  const column = keep !== undefined ? 'kept' : rate !== undefined ? 'rate' : unit;
  const rows = chosen.map(({ t, sharedNats, lostNats, priorNats, ...point }) => {
    const beta = t === 0 ? NaN : noise[t - 1]!;
    const amount = point.keep ?? point.rate ?? beta;
    return [String(t), short(amount), short(sharedNats / (sharedNats + lostNats)), short(priorNats)];
  });
  return [['t', column, 'I/H', 'KL to prior (nats)'], ...rows]
    .map((cells) => `${cells.map((cell, i) => cell.padStart([6, 18, 12, 20][i]!)).join('')}\n`)
    .join('');
}

function short(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value === Infinity ? '∞' : value === 0 ? '0' : value < 0.01 ? value.toExponential(2) : value.toFixed(4);
}
