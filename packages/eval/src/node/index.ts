export { cachedStatistics, type CachedStatisticsOptions } from './cached-statistics.ts';
export { frechetDistanceInWorker, type FrechetDistanceInWorkerOptions } from './frechet-distance-in-worker.ts';
