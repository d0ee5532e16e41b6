import { env } from '@tensorflow/tfjs-core';
import { prepareEngine } from '@d3pm/engine';

/** Before every file of a run of `pnpm test:backends`: the engine of D3PM_ENGINE is the active one. */
const { name } = await prepareEngine();
// It would compute small tensors on the host, which is what the tests have.
if (name === 'webgpu') env().set('WEBGPU_CPU_FORWARD', false);
