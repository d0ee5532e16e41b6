import { D3pmError } from '@d3pm/core';
import { readEmbeddings } from '@d3pm/transitions/node';
import { fixturePath } from '../fixture-path.ts';
import type { NamedConfig } from '../config/train-config.ts';

/**
 * The transition of a config with its embeddings read: `{ file: 'vectors.npy' }`, a path from where the program runs, or
 * `{ fixture: 'sotu-characters' }`, which comes with it. Numbers that stand in the config stay as they are.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file that cannot be read, `UNKNOWN_NAME` for a fixture that there is not.
 */
export async function completeTransition(transition: NamedConfig): Promise<NamedConfig> {
  const embeddings = transition['embeddings'] as Readonly<Record<string, unknown>> | undefined;
  if (typeof embeddings !== 'object' || embeddings === null) return transition;
  const { file, fixture, ...rest } = embeddings;
  const path = typeof fixture === 'string' ? fixturePath(`${fixture}.npy`) : file;
  if (typeof path !== 'string' || Object.keys(rest).length > 0) return transition;
  const { values, numDimensions } = await readEmbeddings(path);
  if (values.length === 0) throw new D3pmError('INVALID_DATA', `transition: the embeddings of ${path} have no row`);
  return { ...transition, embeddings: { values, numDimensions } };
}
