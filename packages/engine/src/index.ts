export { describeEngines, engineNames, type EngineReport } from './describe-engines.ts';
export { disposeEngine } from './dispose-engine.ts';
export type { EngineInfo, EngineName } from './engine-candidate.ts';
export { missingKernels } from './missing-kernels.ts';
export { prepareEngine, type EngineOptions } from './prepare-engine.ts';
