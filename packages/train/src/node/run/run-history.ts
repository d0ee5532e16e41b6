import type { JsonObject, JsonValue } from '../checkpoint/json-value.ts';

/** An earlier part of a run, which was made with something else than what came after it. */
export interface RunPart {
  /** The last step that was made so. */
  readonly toStep: number;
  readonly config: JsonObject;
  readonly environment: JsonObject;
}

/**
 * What the config.json of a checkpoint says of earlier parts of its run, the first one first: where a run went on with another config
 * (`allowChange`) or in another environment. Empty where all of it was made with the `config` and `environment` that stand there.
 */
export function runHistory(json: JsonValue): readonly RunPart[] {
  const { history } = (isObject(json) ? json : {}) as { readonly history?: JsonValue };
  return Array.isArray(history) ? history.filter(isPart) : [];
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function isPart(value: unknown): value is RunPart {
  return isObject(value) && Number.isSafeInteger(value['toStep']) && isObject(value['config']) && isObject(value['environment']);
}
