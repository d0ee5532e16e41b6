import { util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './webgpu-backend.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

/*
 * Stock shaders of these index the coordinates of four axes at most; the losses of images have five, [B, height, width, channels, K]. What
 * happens along one axis is the same for the tensor seen as [outer, axis, inner].
 */

const MOST_AXES = 4;

type Call = Parameters<KernelFunc>[0];

/** One axis of a kernel, and its attributes where that axis is the second of three. */
interface Step {
  readonly axis: number;
  readonly attrs: object;
}

function alongAxes(kernelName: string, stepsOf: (call: Call) => readonly Step[]): WebgpuKernel {
  return {
    kernelName,
    over: (stock) => (call) => {
      const x = call.inputs['x'] as TensorInfo;
      const steps = stepsOf(call);
      if (x.shape.length <= MOST_AXES || steps.length === 0) return stock(call);
      return steps.reduce((input, { axis, attrs }) => {
        const [before, after] = [input.shape.slice(0, axis), input.shape.slice(axis + 1)];
        const view = { ...input, shape: [util.sizeFromShape(before), input.shape[axis]!, util.sizeFromShape(after)] };
        const out = stock({ ...call, inputs: { x: view }, attrs: { ...call.attrs, ...attrs } }) as TensorInfo;
        if (input !== x) (call.backend as WebgpuBackend).disposeData(input.dataId);
        return { ...out, shape: [...before, out.shape[1]!, ...after] };
      }, x);
    },
  };
}

const cumsum = alongAxes('Cumsum', ({ attrs }) => [{ axis: attrs!['axis'] as number, attrs: { axis: 1 } }]);

const NONE = [0, 0] as const;
const pad = alongAxes('PadV2', ({ attrs }) =>
  (attrs!['paddings'] as readonly [number, number][]).flatMap((padding, axis) =>
    padding[0] + padding[1] === 0 ? [] : [{ axis, attrs: { paddings: [NONE, padding, NONE] } }],
  ),
);

/** tfjs has broadcast all three by then; a condition of one axis stands for rows. */
const select: WebgpuKernel = {
  kernelName: 'Select',
  over: (stock) => (call) => {
    const { condition, t, e } = call.inputs as unknown as Readonly<Record<'condition' | 'e' | 't', TensorInfo>>;
    if (t.shape.length <= MOST_AXES || !util.arraysEqual(condition.shape, t.shape)) return stock(call);
    const flat = (x: TensorInfo): TensorInfo => ({ ...x, shape: [util.sizeFromShape(x.shape)] });
    const out = stock({ ...call, inputs: { condition: flat(condition), t: flat(t), e: flat(e) } }) as TensorInfo;
    return { ...out, shape: t.shape };
  },
};

export const manyAxes: readonly WebgpuKernel[] = Object.freeze([cumsum, pad, select]);
