import { D3pmError, quoted } from '@d3pm/core';
import { keep, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout } from '../../parameter-layout.ts';
import { nonFiniteProblem } from '../../safetensors/value-problem.ts';
import type { TrainerState } from '../../trainer-state.ts';
import type { CheckpointContent, NamedTensors } from './checkpoint-content.ts';

export interface TrainerStateFromOptions {
  /** Whether the tensors may hold NaN and infinities. @defaultValue false */
  readonly allowNonFinite?: boolean;
}

const MAX_LISTED = 20;

/**
 * The state that a checkpoint was made of, bit for bit, for `train`; the caller disposes it. It has an average if the checkpoint has `ema`.
 * The numbers of a state besides its step (`recentLosses`, `skipped`) are no tensors: they belong in `state` of the checkpoint.
 *
 * @param layout Of the network that goes on.
 * @throws {D3pmError} `CHECKPOINT` listing every difference: tensors that are missing, too many, of another shape or dtype, as those of
 * another network or another optimiser are; `NON_FINITE`.
 */
export function trainerStateFrom(
  layout: ParameterLayout,
  { step, tensors }: Pick<CheckpointContent, 'step' | 'tensors'>,
  { allowNonFinite = false }: TrainerStateFromOptions = {},
): TrainerState {
  const { model, ema, optimizer } = tensors;
  const differences = [
    ...differencesOf(layout, { file: 'model', named: model, prefixes: [''] }),
    ...(ema ? differencesOf(layout, { file: 'ema', named: ema, prefixes: [''] }) : []),
    ...differencesOf(layout, { file: 'optimizer', named: optimizer, prefixes: ['moment1/', 'moment2/'] }),
  ];
  if (differences.length > 0) {
    const listed = differences.slice(0, MAX_LISTED).join('; ');
    const more = differences.length > MAX_LISTED ? `; and ${differences.length - MAX_LISTED} more` : '';
    const message = `the checkpoint is not of this network and optimiser (Adam): ${listed}${more}; make the network as config.json says`;
    throw new D3pmError('CHECKPOINT', `trainerStateFrom: ${message}`);
  }
  if (!allowNonFinite) for (const [file, named] of Object.entries(tensors) as [string, NamedTensors][]) assertFinite(file, named);
  return tidy(() => {
    const vector = (named: NamedTensors, prefix = ''): Tensor => flat(layout, named, prefix);
    const vectors = {
      parameters: vector(model),
      moment1: vector(optimizer, 'moment1/'),
      moment2: vector(optimizer, 'moment2/'),
      ...(ema && { average: vector(ema) }),
    };
    Object.values(vectors).forEach(keep);
    return { step, ...vectors };
  });
}

interface Given {
  readonly file: string;
  readonly named: NamedTensors;
  readonly prefixes: readonly string[];
}

function differencesOf({ names, shapes }: ParameterLayout, { file, named, prefixes }: Given): readonly string[] {
  const differences: string[] = [];
  const expected = new Set<string>();
  for (const prefix of prefixes) {
    for (const [i, name] of names.entries()) {
      const full = `${prefix}${name}`;
      expected.add(full);
      const found = Object.hasOwn(named, full) ? named[full]! : undefined;
      const shape = `[${shapes[i]!.join(', ')}]`;
      if (found === undefined) differences.push(`${file} lacks ${quoted(full)} ${shape}`);
      else if (found.dtype !== 'F32' || `[${found.shape.join(', ')}]` !== shape) {
        differences.push(`${quoted(full)} of ${file} is ${found.dtype} [${found.shape.join(', ')}], expected F32 ${shape}`);
      }
    }
  }
  for (const name of Object.keys(named)) if (!expected.has(name)) differences.push(`${file} has ${quoted(name)}, which is not wanted`);
  return differences;
}

function assertFinite(file: string, named: NamedTensors): void {
  for (const [name, tensor] of Object.entries(named)) {
    const problem = nonFiniteProblem(tensor);
    if (problem === undefined) continue;
    throw new D3pmError('NON_FINITE', `trainerStateFrom: ${quoted(name)} of ${file}: ${problem}; allowNonFinite takes it all the same`);
  }
}

function flat({ names, sizes, size }: ParameterLayout, named: NamedTensors, prefix: string): Tensor {
  const values = new Float32Array(size);
  let offset = 0;
  for (const [i, name] of names.entries()) {
    values.set(named[`${prefix}${name}`]!.data as Float32Array, offset);
    offset += sizes[i]!;
  }
  return tensor1d(values, 'float32');
}
