/** What is read of a checkpoint of `d3pm train`. */
export interface CheckpointFiles {
  /** The text of config.json. */
  readonly config: string;
  readonly weights: Uint8Array;
  readonly weightsName: string;
}

const CONFIG = 'config.json';
/** The averaged weights, which the run itself samples with, go first. */
const WEIGHTS = ['ema.safetensors', 'model.safetensors'] as const;
const MOST_CONFIG_BYTES = 1 << 20;

type NamedFile = Pick<File, 'arrayBuffer' | 'name' | 'size' | 'text'>;

/**
 * The two files that are needed, of those that a person has picked: the whole folder will do.
 *
 * @throws {Error} saying which is missing.
 */
export async function checkpointFiles(picked: readonly NamedFile[]): Promise<CheckpointFiles> {
  const named = (name: string): NamedFile | undefined => picked.find((file) => file.name === name);
  const config = named(CONFIG);
  const weights = WEIGHTS.map(named).find((file) => file !== undefined);
  if (!config || !weights) {
    const missing = [...(config ? [] : [CONFIG]), ...(weights ? [] : [WEIGHTS.join(' or ')])].join(', and ');
    const names = picked.map(({ name }) => name).join(', ');
    throw new Error(`${missing} is missing among ${names === '' ? 'no files' : names}; pick both from one ckpt-… folder of d3pm train`);
  }
  if (config.size > MOST_CONFIG_BYTES) throw new Error(`${CONFIG} has ${config.size} bytes; it is not one of d3pm train`);
  return { config: await config.text(), weights: new Uint8Array(await weights.arrayBuffer()), weightsName: weights.name };
}
