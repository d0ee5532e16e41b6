import {
  assertInteger,
  assertPlugin,
  assertStateRange,
  D3pmError,
  type MetricPlugin,
  type MetricReport,
  type MetricSetting,
  type States,
} from '@d3pm/core';

/** What a measure says of the samples that it has read. */
export interface MetricValue extends Pick<MetricReport, 'standardError' | 'unit' | 'value' | 'warnings'> {
  /** Of the report, where the plugin's name does not say enough, for example whose features were compared. @defaultValue the plugin's */
  readonly name?: string;
}

/** Reads samples; what it is given has been checked. */
export interface SampleMeasure {
  /** A batch `[B, …N]` of the example shape, B ≥ 1, every state in 0…K−1. */
  update(samples: States): Promise<void> | void;
  /** Of at least one sample. */
  report(): MetricValue | Promise<MetricValue>;
}

export interface MetricDefinition<N extends string, O> {
  /** `owner/name` for a package of your own; stored in configs, so it never changes. */
  readonly name: N;
  /** Options from JSON or code; takes its own result too. @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  /** The setting has been checked, batches of the reference are as they are read, and the options come from `parse`. */
  create(setting: MetricSetting, options: O): SampleMeasure;
}

/**
 * A metric of this specification, as a frozen value: checks setting, options, reference and samples, and counts the
 * samples, so that `create` need not. Registers nothing.
 *
 * Its metrics throw `SHAPE` or `STATE_RANGE` for samples that do not fit the setting, `INVALID_DATA` for a report of none.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a malformed name.
 */
export function defineMetric<const N extends string, O>(definition: MetricDefinition<N, O>): MetricPlugin<N, O> {
  const { name } = definition;
  assertPlugin({ specVersion: 1, kind: 'metric', name }, 'metric');
  return Object.freeze({
    specVersion: 1,
    kind: 'metric',
    name,
    parse: (options: unknown) => definition.parse(options),
    create: (setting: MetricSetting, options: O) => {
      const { numStates, exampleShape, reference } = setting;
      assertInteger(name, 'numStates', numStates, 1);
      exampleShape.forEach((size, axis) => assertInteger(name, `exampleShape[${axis}]`, size, 1));
      const measure = definition.create(
        { numStates, exampleShape, ...(reference && { reference: checkedBatches(name, reference, setting) }) },
        definition.parse(options),
      );
      let numSamples = 0;
      return {
        update: async (samples: States) => {
          assertBatch(name, 'samples', samples, setting);
          if (samples.shape[0] === 0) return;
          await measure.update(samples);
          numSamples += samples.shape[0]!;
        },
        report: async () => {
          if (numSamples === 0) throw new D3pmError('INVALID_DATA', `${name}: no sample has been read; give update at least one`);
          return { name, ...(await measure.report()), numSamples };
        },
      };
    },
  } as const);
}

function checkedBatches(name: string, batches: Iterable<States>, setting: MetricSetting): Iterable<States> {
  return {
    *[Symbol.iterator]() {
      for (const batch of batches) {
        assertBatch(name, 'reference', batch, setting);
        yield batch;
      }
    },
  };
}

function assertBatch(name: string, argument: string, states: States, { numStates, exampleShape }: MetricSetting): void {
  if (states.shape.length !== exampleShape.length + 1 || exampleShape.some((size, axis) => states.shape[axis + 1] !== size)) {
    throw new D3pmError(
      'SHAPE',
      `${name}: ${argument} have shape [${states.shape.join(', ')}], expected [${['B', ...exampleShape].join(', ')}]`,
    );
  }
  assertStateRange(name, argument, states, numStates);
}
