import type { Engine } from './engines.ts';

/** A test that must fail on some engines. Where it passes, that is an error too: the exception has to go. */
export interface Exception {
  readonly engines: readonly Engine['name'][];
  /** The whole name of the test. */
  readonly test: string;
  readonly reason: string;
}

const DEVICE = 'a state out of range is told only where reading it back does not wait for a device';

export const exceptions: readonly Exception[] = [
  {
    engines: ['native', 'webgpu', 'wasm', 'cpu'],
    test: 'says what to call when tfjs has no back end',
    reason: 'there is one in these runs',
  },
  { engines: ['webgpu'], test: 'states names the first state outside, the wrong type and the wrong shape', reason: DEVICE },
  { engines: ['webgpu'], test: 'bad input a state that is none', reason: DEVICE },
];
