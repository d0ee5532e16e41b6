import { engine, getBackend, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs a kernel that computes at once what is otherwise a formula of many operations, where the active back end has it: the native
 * engine on a processor, once `@d3pm/engine` has started it. The formula stays, as what every other back end does and as what the
 * kernel is tested against.
 *
 * @param name Such as `D3pmDenoiserNll`. @param inputs By the names that the kernel gives them.
 * @returns its outputs, which the caller disposes; undefined where there is no such kernel. It has no gradient: call it within `withGradient`.
 */
export function runFused(name: string, inputs: Readonly<Record<string, Tensor>>): readonly Tensor[] | undefined {
  if (getKernel(name, getBackend()) === undefined) return undefined;
  return engine().runKernel<Tensor[]>(name, inputs as NamedTensorMap);
}
