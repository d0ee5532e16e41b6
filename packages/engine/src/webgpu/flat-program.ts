import { util } from '@tensorflow/tfjs-core';
import type { WebgpuProgram } from './webgpu-backend.ts';

const WORKGROUP = 128;

/** A shader of one input `A` with `main(index)` for every number of the output; `key` tells it from every other. */
export function flatProgram(key: string, outputShape: number[], code: string): WebgpuProgram {
  return {
    variableNames: ['A'],
    outputShape,
    shaderKey: `d3pm_${key}`,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(util.sizeFromShape(outputShape) / WORKGROUP), 1, 1],
    size: true,
    getUserCode: () => code,
  };
}
