import type { BoundPoint, PacePoint, PointsMessage, TrainPoint } from '../dash-message.ts';

/** Points as they have come. */
export interface ChartData {
  readonly train: readonly TrainPoint[];
  readonly bound: readonly BoundPoint[];
  readonly pace: readonly PacePoint[];
}

export const noData: ChartData = { train: [], bound: [], pace: [] };

/** What there is after a message. */
export function withPoints(data: ChartData, { reset, train, bound, pace }: PointsMessage): ChartData {
  if (reset) return { train, bound, pace };
  return { train: [...data.train, ...train], bound: [...data.bound, ...bound], pace: [...data.pace, ...pace] };
}
