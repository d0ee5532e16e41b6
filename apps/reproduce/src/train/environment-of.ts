import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { ProcessGroup } from '@d3pm/core';
import type { EngineInfo } from '@d3pm/engine';
import type { JsonObject } from '@d3pm/train/node';

/** What may move bits, and decides nothing else. */
export interface Environment {
  /** The same on all that compute one thing together. */
  readonly environment: JsonObject;
  readonly machine: JsonObject;
}

export interface EnvironmentInput {
  /** Of the checkout, where there is one. */
  readonly commit?: string | undefined;
  readonly group?: ProcessGroup | undefined;
}

export function environmentOf({ backend, library, threads, device }: EngineInfo, { commit, group }: EnvironmentInput): Environment {
  const version = (name: string): string =>
    (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
  return {
    environment: {
      backend,
      library,
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
      tfjs: version('@tensorflow/tfjs-core'),
      d3pm: version('@d3pm/core'),
      ...(commit !== undefined && { commit }),
      ...(group && { processes: group.size }),
    },
    machine: { threads, device, processor: cpus()[0]?.model.trim() || 'unknown processor' },
  };
}
