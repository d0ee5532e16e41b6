import { D3pmError, type NoiseSchedule, type Transition } from '@d3pm/core';
import { registriesOf, type NamesPlugins, type Registries } from '../plugins/registries.ts';
import { extraMaskOf } from '../train/extra-mask-of.ts';
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
  /** Packages and files with plugins that are named. */
  readonly plugins?: readonly string[];
  /** Whether the laws of the family are tried as well. */
  readonly check?: boolean;
  readonly json?: boolean;
}

const CHARACTERS = 27;

export interface InspectedProcess {
  readonly transition: Transition;
  readonly schedule: NoiseSchedule;
  /** Of x_0, float64 `[K]`. */
  readonly dataLaw: Float64Array;
}

/** The process that the flags name, and the law of its data. @throws {D3pmError} what the registries and the plugins throw. */
export async function inspectedProcess(options: InspectOptions): Promise<InspectedProcess> {
  const registries = await registriesOf(pluginsNamed(options));
  const set = parseSetOptions(options.set);
  const characters = options.text === undefined ? undefined : characterLaw(options.text);
  const make = (numStates: number, extraMask: number | undefined): InspectedProcess => {
    const dataLaw = lawOf(numStates, extraMask, characters);
    const schedule = scheduleOf(options, registries, set, dataLaw);
    const transition = registries.transitions.fromConfig({ name: options.transition, ...set.transition }, { numStates, schedule });
    if (transition.positions !== undefined) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `inspect: ${transition.name} differs by position, and its schedule is that of one block; inspect absorbing, which is what happens in a block`,
      );
    }
    return { transition, schedule, dataLaw };
  };
  const numStates = options.states ?? CHARACTERS;
  const maskOf = (count: number): number | undefined => extraMaskOf({ name: options.transition, ...set.transition }, count, registries);
  const extraMask = maskOf(numStates);
  if (extraMask === undefined) return make(numStates, undefined);
  return options.states === undefined ? make(numStates + 1, maskOf(numStates + 1)) : make(numStates, extraMask);
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

function scheduleOf(
  { schedule: name, transition, steps }: InspectOptions,
  { schedules, transitions }: Registries,
  set: SetOptions,
  dataLaw: Float64Array,
): NoiseSchedule {
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

function pluginsNamed({ transition, schedule, steps, plugins }: InspectOptions): NamesPlugins {
  return {
    transition: { name: transition },
    schedule: { name: schedule, numSteps: steps },
    ...(plugins && { plugins }),
  };
}
