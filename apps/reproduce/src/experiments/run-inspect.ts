import { resolve } from 'node:path';
import { D3pmError, entropyNats, informationCurve, stepGrid, type InformationPoint, type NoiseSchedule, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { builtinSchedules, createScheduleRegistry, mutualInformationSchedules } from '@d3pm/schedules';
import { builtinTransitions, createTransitionRegistry } from '@d3pm/transitions';
import writeFileAtomic from 'write-file-atomic';
import { informationChart } from '../figures/information-chart.ts';
import { renderPng } from '../figures/render-png.ts';
import { characterLaw } from './character-law.ts';
import { parseSetOptions, type SetOptions } from './set-options.ts';

export interface InspectOptions {
  readonly transition: string;
  readonly schedule: string;
  /** K; absent, the characters of text8, and a mask where the family has one of its own. */
  readonly states?: number;
  readonly steps: number;
  readonly set: readonly string[];
  /** Whose characters give the unigram law; absent, it is uniform. */
  readonly text?: string;
  readonly out: string;
}

const CHARACTERS = 27;
/** Steps of which the picture knows; a line between them. */
const POINTS = 100;

const transitions = createTransitionRegistry(builtinTransitions);
const schedules = createScheduleRegistry([...builtinSchedules, ...mutualInformationSchedules(transitions)]);

/** `d3pm inspect`: what a schedule does to a family, as a picture and a table. */
export async function runInspect(options: InspectOptions): Promise<void> {
  await prepareEngine({ backend: 'cpu' });
  const { transition, schedule, dataLaw } = inspected(options);
  const { numSteps } = schedule;
  const ts = [...new Set([0, 1, ...stepGrid(numSteps, Math.min(numSteps, POINTS)), Math.max(1, numSteps - 1)])].sort((a, b) => a - b);
  const points = informationCurve(transition, { dataLaw, ts });
  const entropyBits = entropyNats(dataLaw) / Math.LN2;
  const title = `${options.transition}, ${options.schedule}`;
  const subtitle = `K = ${transition.numStates}, T = ${numSteps}; H(x_0) = ${entropyBits.toFixed(3)} bits (${options.text ? 'characters of the text' : 'uniform'})`;
  transition.dispose();

  const path = resolve(options.out);
  const png = Buffer.from(renderPng(informationChart({ title, subtitle, schedule, points })));
  await writeFileAtomic(path, png).catch((cause: Error) => {
    throw new D3pmError('INVALID_OPTIONS', `inspect: cannot write ${path} (${cause.message}); choose another file with --out`, { cause });
  });
  process.stdout.write(`${title}: ${subtitle}\n\n${table(points, schedule)}\n${path}\n`);
}

/** The process that the flags name, and the law of its data. */
function inspected(options: InspectOptions): {
  readonly transition: Transition;
  readonly schedule: NoiseSchedule;
  readonly dataLaw: Float64Array;
} {
  const set = parseSetOptions(options.set);
  const characters = options.text === undefined ? undefined : characterLaw(options.text);
  const make = (numStates: number, extraMask: number | undefined): ReturnType<typeof inspected> => {
    const dataLaw = lawOf(numStates, extraMask, characters);
    const schedule = scheduleOf(options, set, dataLaw);
    const transition = transitions.fromConfig({ name: options.transition, ...set.transition }, { numStates, schedule });
    if (transition.positions !== undefined) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `inspect: ${transition.name} differs by position, and its schedule is that of one block; inspect absorbing, which is what happens in a block`,
      );
    }
    return { transition, schedule, dataLaw };
  };
  const numStates = options.states ?? CHARACTERS;
  const extraMask = extraMaskOf(options, set, numStates);
  if (extraMask === undefined) return make(numStates, undefined);
  return options.states === undefined ? make(numStates + 1, extraMaskOf(options, set, numStates + 1)) : make(numStates, extraMask);
}

/** The mask of a family that data never shows, as a process of one step says it. */
function extraMaskOf({ transition: name }: InspectOptions, { transition: options }: SetOptions, numStates: number): number | undefined {
  const { unit } = transitions.find(name);
  const schedule: NoiseSchedule = { unit, numSteps: 1, noise: Float64Array.of(1) };
  const transition = transitions.fromConfig({ name, ...options }, { numStates, schedule });
  transition.dispose();
  return transition.extraMask;
}

function lawOf(numStates: number, extraMask: number | undefined, characters: Float64Array | undefined): Float64Array {
  const numValues = extraMask === undefined ? numStates : numStates - 1;
  if (characters && characters.length !== numValues) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `inspect: --text has ${characters.length} characters, and ${numStates} states are ${numValues} values of data; leave --states out`,
    );
  }
  const values = characters ?? new Float64Array(numValues).fill(1 / numValues);
  let next = 0;
  return Float64Array.from({ length: numStates }, (_, state) => (state === extraMask ? 0 : values[next++]!));
}

/** The suffix of the mutual-information schedules, by what the family takes. */
const SUFFIX: Readonly<Record<string, string>> = { 'jump-probability': '', rate: '-rate', variance: '-variance' };

function scheduleOf({ schedule: name, transition, steps }: InspectOptions, set: SetOptions, dataLaw: Float64Array): NoiseSchedule {
  if (name !== 'mutual-information') return schedules.fromConfig({ name, numSteps: steps, ...set.schedule });
  const config = {
    name: `${name}${SUFFIX[transitions.find(transition).unit]!}`,
    numSteps: steps,
    transition: { name: transition, ...set.transition },
    numStates: dataLaw.length,
    dataLaw: [...dataLaw],
    ...set.schedule,
  };
  return schedules.fromConfig(config);
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
