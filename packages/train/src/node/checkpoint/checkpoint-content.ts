import type { HostTensor } from '../../safetensors/host-tensor.ts';
import type { JsonValue } from './json-value.ts';

/** The tensors of one safetensors file. */
export type NamedTensors = Readonly<Record<string, HostTensor>>;

/** The tensors of a checkpoint. The first two use the network's own parameter names and shapes. */
export interface CheckpointTensors {
  /** model.safetensors: the parameters as the optimiser left them. */
  readonly model: NamedTensors;
  /** ema.safetensors: their moving average, when one is kept. */
  readonly ema?: NamedTensors;
  /** optimizer.safetensors: of Adam `moment1/NAME` and `moment2/NAME`. */
  readonly optimizer: NamedTensors;
}

export interface CheckpointContent {
  /** Updates done, an integer from 0. */
  readonly step: number;
  readonly tensors: CheckpointTensors;
  /** state.json: what else the run needs to go on. */
  readonly state: JsonValue;
  /** config.json: what the run was made with. */
  readonly config: JsonValue;
  /** What `keepBest` goes by; lower is better. */
  readonly score?: number;
}
