import type { TrainConfig } from '../config/train-config.ts';
import { registriesOf } from '../plugins/registries.ts';
import { bibliography, type BibliographyKey } from './bibliography.ts';

/** A paper, and what of a run stands on it. */
export interface Citation {
  /** Of the BibTeX entry; absent for what a plugin of somebody else brings. */
  readonly key?: BibliographyKey;
  readonly bibtex: string;
  /** As `schedule cosine`. */
  readonly uses: readonly string[];
}

type Papers = Readonly<Record<string, readonly BibliographyKey[]>>;

/** What is of the paper of D3PM alone is in none of these. */
const TRANSITIONS: Papers = { uniform: ['hoogeboom2021argmax'], 'discretized-gaussian': ['ho2020denoising'] };
const SCHEDULES: Papers = {
  cosine: ['nichol2021improved'],
  'inverse-remaining': ['sohldickstein2015deep'],
  'linear-variance': ['ho2020denoising'],
};
const MODELS: Papers = {
  t5: ['raffel2020exploring'],
  transformer: ['vaswani2017attention'],
  'u-net': ['ho2020denoising'],
};
const DATA: Papers = {
  text8: ['mahoney2011text8'],
  lm1b: ['chelba2013one', 'kudo2018sentencepiece'],
  'sotu-pieces': ['kudo2018sentencepiece'],
  cifar10: ['krizhevsky2009learning'],
  mnist: ['lecun1998gradient'],
  'fashion-mnist': ['xiao2017fashion'],
};

/**
 * The papers behind what a config uses, that of D3PM first: its family, its schedule, its network, its data, and what plugins of others say to
 * cite (`citation` of a plugin).
 *
 * @throws {D3pmError} what `registriesOf` throws.
 */
export async function citation(config: TrainConfig): Promise<readonly Citation[]> {
  const { data, transition, schedule, model } = config;
  const used: { readonly key: BibliographyKey; readonly use: string }[] = [
    { key: 'austin2021structured', use: 'discrete denoising diffusion' },
    ...of(TRANSITIONS, 'transition', transition.name),
    ...of(SCHEDULES, 'schedule', schedule.name),
    ...of(MODELS, 'model', model.name),
    ...(model['head'] === 'logistic' ? [{ key: 'salimans2017pixelcnn', use: 'the logistic head' } as const] : []),
    ...of(DATA, 'data', data.name),
    { key: 'kingma2015adam', use: 'the optimiser' },
  ];
  const keys = [...new Set(used.map(({ key }) => key))];
  const ours = keys.map((key) => ({ key, bibtex: bibliography[key], uses: used.filter((each) => each.key === key).map(({ use }) => use) }));
  return [...ours, ...(await ofPlugins(config))];
}

function of(papers: Papers, what: string, name: string): readonly { readonly key: BibliographyKey; readonly use: string }[] {
  return (papers[name] ?? []).map((key) => ({ key, use: `${what} ${name}` }));
}

async function ofPlugins({ data, transition, schedule, model, plugins }: TrainConfig): Promise<readonly Citation[]> {
  const registries = await registriesOf({ data, transition, schedule, model, plugins });
  const used = [
    ['transition', registries.transitions.find(transition.name)],
    ['schedule', registries.schedules.names.includes(schedule.name) ? registries.schedules.find(schedule.name) : undefined],
    ['model', registries.models.find(model.name)],
    ['data', registries.datasets.find(data.name)],
  ] as const;
  return used.flatMap(([what, plugin]) =>
    plugin?.citation === undefined ? [] : [{ bibtex: plugin.citation, uses: [`${what} ${plugin.name}`] }],
  );
}
