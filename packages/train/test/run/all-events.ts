import type { TrainRunEvent } from '../../src/node/run/train-run-event.ts';

/** What a run tells until it ends. */
export async function allEvents(run: AsyncIterable<TrainRunEvent>): Promise<readonly TrainRunEvent[]> {
  const events: TrainRunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}
