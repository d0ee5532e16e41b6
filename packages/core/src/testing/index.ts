export { expectAllClose, type Tolerance } from './expect-all-close.ts';
export { expectNoLeak } from './expect-no-leak.ts';
