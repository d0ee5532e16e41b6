import { engine, getBackend, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Whether the active back end has a kernel that computes at once what is otherwise a formula of many operations: the native engine
 * on a processor, once `@d3pm/engine` has started it. The formula stays, as what every other back end does and as what the kernel is
 * tested against.
 */
export function hasFused(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * Runs such a kernel.
 *
 * @param name Such as `D3pmDenoiserNll`. @param inputs By the names that the kernel gives them.
 * @returns its outputs, which the caller disposes; undefined where there is no such kernel. It has no gradient: call it within `withGradient`.
 */
export function runFused(name: string, inputs: Readonly<Record<string, Tensor>>): readonly Tensor[] | undefined {
  return hasFused(name) ? engine().runKernel<Tensor[]>(name, inputs as NamedTensorMap) : undefined;
}
