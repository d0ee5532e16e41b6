import { shownValue } from '../run-files/shown-value.ts';
import { markdownTable } from '../tables/markdown.ts';
import { SMOOTHED } from '../run-files/smoother.ts';
import type { DifferingField } from './differing-fields.ts';
import type { RunSummary } from './run-summary.ts';

export interface ComparePage {
  readonly runs: readonly (RunSummary & { readonly name: string })[];
  readonly config: readonly DifferingField[];
  readonly environment: readonly DifferingField[];
  /** The runs that have a checkpoint, by their names, in the order of the values of a field. Of others the config is not known. */
  readonly configured: readonly string[];
  /** Where a run went on with something else. */
  readonly changes: readonly RunChange[];
}

export interface RunChange {
  readonly name: string;
  /** The last step before it. */
  readonly toStep: number;
  /** For people, a line each. */
  readonly difference: string;
}

/** Runs side by side, as Markdown. */
export function comparePage({ runs, config, environment, configured, changes }: ComparePage): string {
  const names = runs.map(({ name }) => name);
  const others = names.filter((name) => !configured.includes(name));
  const unknown = others.length === 0 ? [] : [`No checkpoint yet, so the config is not known: ${others.join(', ')}.`];
  return [
    '## Config',
    ...fieldTable(config, configured),
    ...unknown,
    ...(environment.length === 0 ? [] : ['## Computed by', ...fieldTable(environment, configured)]),
    ...changesOnTheWay(changes),
    '## Metrics',
    markdownTable(['run', 'steps', 'loss, last', 'loss, best', 'bound', 's/step', 'parameters', 'engine'], runs.map(metricsRow)),
    `In bits per dimension. Loss: the mean of the last fifth of the events, of ${SMOOTHED} at most. Bound: the last estimate on held-out data ± its standard error. s/step: the median, without evaluations.`,
    ...cautions(config),
  ].join('\n\n');
}

function changesOnTheWay(changes: readonly RunChange[]): readonly string[] {
  if (changes.length === 0) return [];
  const parts = changes.map(({ name, toStep, difference }) => `${name}, up to step ${toStep}:\n\n\`\`\`text\n${difference}\n\`\`\``);
  return ['## Changed on the way', 'The fields above are those of the last part of a run.', ...parts];
}

function fieldTable(fields: readonly DifferingField[], names: readonly string[]): readonly string[] {
  if (names.length < 2) return [];
  if (fields.length === 0) return ['No difference.'];
  return [
    markdownTable(
      ['field', ...names],
      fields.map(({ field, values }) => [shownValue(field), ...values.map(shownValue)]),
    ),
  ];
}

function metricsRow({ name, step, numSteps, loss, bound, secondsPerStep, parameters, engine }: ComparePage['runs'][number]): string[] {
  return [
    name,
    numSteps === undefined ? `${step}` : `${step} of ${numSteps}`,
    loss.last.toFixed(4),
    `${loss.best.toFixed(4)} at ${loss.bestStep}`,
    bound ? `${bound.bits.toFixed(4)}${Number.isFinite(bound.standardError) ? ` ± ${bound.standardError.toFixed(4)}` : ''}` : '–',
    secondsPerStep === undefined ? '–' : secondsPerStep.toPrecision(3),
    parameters === undefined ? '–' : parameters.toLocaleString('en'),
    engine === undefined ? '–' : shownValue(engine),
  ];
}

/** What makes numbers of two configs numbers of two things. */
function cautions(config: readonly DifferingField[]): readonly string[] {
  const differs = (...sections: readonly string[]): boolean =>
    config.some(({ field }) => sections.some((section) => field === section || field.startsWith(`${section}.`)));
  return [
    ...(differs('loss') ? ['The runs have different losses: compare their bounds, not their losses.'] : []),
    ...(differs('data') ? ['The runs have different data: neither losses nor bounds can be compared.'] : []),
    ...(differs('evaluation.testExamples') ? ['The bounds are of different numbers of held-out examples.'] : []),
  ];
}
