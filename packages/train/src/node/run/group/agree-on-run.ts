import { D3pmError, gatherJson, type Prediction, type ProcessGroup } from '@d3pm/core';
import type { JsonObject } from '../../checkpoint/json-value.ts';
import { configDifference } from '../config-difference.ts';
import { explainDifference } from '../explain-difference.ts';
import type { TrainRunOptions } from '../train-run-options.ts';

/**
 * Sees to it that all members have the config and the environment of rank 0.
 *
 * @throws {D3pmError} `GROUP` on all of them, with every rank that has others, key by key.
 */
export async function agreeOnRun<P extends Prediction>(
  group: ProcessGroup,
  { config, environment }: Pick<TrainRunOptions<P>, 'config' | 'environment'>,
): Promise<void> {
  const said = await gatherJson<JsonObject>(group, { config, environment });
  const others = said.flatMap((other, rank) => {
    const changes = configDifference(said[0], other);
    return changes.length === 0 ? [] : [`rank ${rank}:\n${explainDifference(changes, { before: 'on rank 0', after: `on rank ${rank}` })}`];
  });
  if (others.length === 0) return;
  throw new D3pmError(
    'GROUP',
    `trainRun: the members of the group are not alike; nothing was trained. Give all of them the same config, versions and engine\n${others.join('\n')}`,
  );
}
