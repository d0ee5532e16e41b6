import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import { encodeSafetensors } from '../../safetensors/encode-safetensors.ts';
import { nonFiniteProblem } from '../../safetensors/value-problem.ts';
import type { CheckpointContent, NamedTensors } from './checkpoint-content.ts';
import { jsonProblem, type JsonObject, type JsonValue } from './json-value.ts';
import type { SealedFiles } from './write-sealed-folder.ts';

/** The fields of a checkpoint's manifest. */
export function checkpointAbout({ step, score }: CheckpointContent): JsonObject {
  return { kind: 'checkpoint', step, ...(score !== undefined && { score }) };
}

/** The files of a checkpoint, each encoded when it is written, so that the tensors are in memory once more, not twice. */
export function checkpointFiles({ tensors, state, config }: CheckpointContent): SealedFiles {
  const { model, ema, optimizer } = tensors;
  return {
    'model.safetensors': () => encodeSafetensors(model),
    ...(ema && { 'ema.safetensors': () => encodeSafetensors(ema) }),
    'optimizer.safetensors': () => encodeSafetensors(optimizer),
    'state.json': () => jsonBytes(state),
    'config.json': () => jsonBytes(config),
  };
}

/** @throws {D3pmError} `INVALID_OPTIONS`; `NON_FINITE` with the tensor, unless NaN and infinities are allowed. */
export function assertContent(caller: string, { step, tensors, state, config, score }: CheckpointContent, allowNonFinite: boolean): void {
  assertInteger(caller, 'step', step, 0);
  if (score !== undefined && !Number.isFinite(score)) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: score is ${score}, expected a finite number; leave it out where there is none`);
  }
  const problem = jsonProblem(state, 'state') ?? jsonProblem(config, 'config');
  if (problem !== undefined) throw new D3pmError('INVALID_OPTIONS', `${caller}: ${problem}`);
  if (allowNonFinite) return;
  for (const [file, named] of Object.entries(tensors) as [string, NamedTensors][]) {
    for (const [name, tensor] of Object.entries(named)) {
      const found = nonFiniteProblem(tensor);
      if (found === undefined) continue;
      throw new D3pmError('NON_FINITE', `${caller}: tensor ${quoted(name)} of ${file}: ${found}; allowNonFinite saves it all the same`);
    }
  }
}

function jsonBytes(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
