import {
  createRegistry,
  D3pmError,
  resolveConfig,
  type ConfigOf,
  type ModelPlugin,
  type ModelSetting,
  type Prediction,
  type Registry,
  type TrainableDenoiser,
} from '@d3pm/core';
import type { ConvolutionDenoiserOptions } from './convolution-denoiser.ts';
import type { MlpDenoiserOptions } from './mlp-denoiser.ts';
import type { T5DenoiserOptions } from './t5/t5-options.ts';
import type { TransformerDenoiserOptions } from './transformer-denoiser.ts';
import type { UNetDenoiserOptions } from './u-net/u-net-options.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- options of any type, known only to the plugin
export type AnyModelPlugin = ModelPlugin<string, any>;

type Named<P, N> = Extract<P, { readonly name: N }>;
type OptionsOf<P> = P extends ModelPlugin<string, infer O> ? O : never;
type PredictionOf<P> = P extends ModelPlugin<string, infer _, infer Q extends Prediction> ? Q : Prediction;

/** Options by name, for typed configs: packages of other models augment this interface. */
export interface ModelOptions {
  mlp: MlpDenoiserOptions;
  transformer: TransformerDenoiserOptions;
  convolution: ConvolutionDenoiserOptions;
  'u-net': UNetDenoiserOptions;
  t5: T5DenoiserOptions;
}

/** `{ name, …options }` */
export type ModelConfig = ConfigOf<ModelOptions>;

/** What a model of a config is made for. */
export interface ModelConfigSetting<Q extends Prediction> extends ModelSetting {
  /** What the reverse process that it is for reads. @defaultValue whatever the model says */
  readonly prediction?: Q;
}

/** Models by name, typed from the list it was made of. */
export interface ModelRegistry<P extends AnyModelPlugin> extends Omit<Registry<P>, 'with'> {
  /** A new registry with more models. */
  with<const Q extends readonly AnyModelPlugin[]>(...plugins: Q): ModelRegistry<P | Q[number]>;
  /** A wrong name or option is a compile error. The caller disposes the model. */
  create<N extends P['name']>(
    name: N,
    setting: ModelSetting,
    options: OptionsOf<Named<P, N>>,
  ): TrainableDenoiser<PredictionOf<Named<P, N>>>;
  /**
   * The model of a config from JSON; the caller disposes it.
   *
   * @throws {D3pmError} `UNKNOWN_NAME`, `INVALID_OPTIONS`, or `UNSOUND` when its logits mean something else than `prediction`.
   */
  fromConfig<const Q extends Prediction = Prediction>(
    config: { readonly name: string },
    setting: ModelConfigSetting<Q>,
  ): TrainableDenoiser<Q>;
}

/**
 * A frozen registry of the models given.
 *
 * @throws {D3pmError} `SPEC_VERSION`, `DUPLICATE_NAME` or `INVALID_OPTIONS`, as `createRegistry` of core.
 */
export function createModelRegistry<const P extends readonly AnyModelPlugin[]>(plugins: P): ModelRegistry<P[number]> {
  const registry = createRegistry(plugins, 'model');
  return Object.freeze({
    ...registry,
    with: (...more: AnyModelPlugin[]) => createModelRegistry([...plugins, ...more]),
    create: (name: string, setting: ModelSetting, options: unknown) => registry.find(name).create(setting, options),
    fromConfig: (config: unknown, { prediction, ...setting }: ModelConfigSetting<Prediction>) => {
      const { plugin, options } = resolveConfig<AnyModelPlugin>(registry, config);
      const model = plugin.create(setting, options);
      if (prediction === undefined || model.prediction === prediction) return model;
      model.dispose();
      throw new D3pmError(
        'UNSOUND',
        `model registry: the "${plugin.name}" of the config predicts "${model.prediction}", expected "${prediction}"; set prediction in the config, or take a reverse process that reads it`,
      );
    },
  }) as unknown as ModelRegistry<P[number]>;
}
