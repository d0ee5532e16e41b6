/** What can be named in a config. Every kind goes through the same {@link createRegistry}. */
export type PluginKind = 'dataset' | 'metric' | 'model' | 'schedule' | 'transition';

/** A named value of one kind. A registry refuses a `specVersion` that it does not understand. */
export interface Plugin<K extends PluginKind = PluginKind, N extends string = string> {
  readonly specVersion: 1;
  readonly kind: K;
  /** Kebab-case for ours, `owner/name` for everybody else's. Stored in configs, so it never changes. */
  readonly name: N;
  /** BibTeX of what to cite for its use. */
  readonly citation?: string;
}
