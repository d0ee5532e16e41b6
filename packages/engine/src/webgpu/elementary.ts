import { elementwise } from './elementwise.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

/*
 * WGSL lets a device take NaN, infinities and subnormal numbers for absent, and gives `log` an absolute error near 1 and `exp` a relative one
 * that grows with its argument. So what is special is told by its bits, and near the zero of a function a series is summed.
 */

/** log(1 + a) for −1/4 ≤ a ≤ 1/3: 2 artanh(s), s = a / (2 + a), |s| ≤ 1/7; the term left out is below 1e-9 of the sum. */
const LOG1P_SERIES = `
fn log1pSeries(a: f32) -> f32 {
  let s = a / (2.0 + a);
  let q = s * s;
  return 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q / 9.0))));
}`;

/** −∞ at 0, NaN below, and a subnormal number m 2⁻¹⁴⁹ for what it is. */
const LOG = `${LOG1P_SERIES}
fn logOf(a: f32) -> f32 {
  let bits = bitcast<u32>(a);
  if ((bits & 0x7fffffffu) == 0u) { return -uniforms.INFINITY; }
  if (bits > 0x7f800000u) { return uniforms.NAN; }
  if (bits == 0x7f800000u) { return uniforms.INFINITY; }
  if (bits < 0x00800000u) { return log(f32(bits)) - 103.278929903431851; }
  if (a >= 0.75 && a <= 1.33) { return log1pSeries(a - 1.0); }
  return log(a);
}`;

const LOG1P = `${LOG}
fn compute(a: f32) -> f32 {
  if (a >= -0.25 && a <= 0.33) { return log1pSeries(a); }
  return logOf(1.0 + a);
}`;

/** exp(a) = 2ⁿ exp(r), n the integer nearest to a / ln 2; ln 2 in two parts, the first short enough that n times it is exact. */
const EXP = `
fn expOf(a: f32) -> f32 {
  if (isnan(a)) { return a; }
  if (a > 88.722835) { return uniforms.INFINITY; }
  if (a < -87.3365) { return 0.0; }
  let n = floor(a * 1.44269504 + 0.5);
  let r = (a - n * 0.693359375) + n * 2.12194440e-4;
  let half = floor(n * 0.5);
  return exp(r) * bitcast<f32>((i32(half) + 127) << 23u) * bitcast<f32>((i32(n - half) + 127) << 23u);
}`;

/** exp(a) − 1 for |a| ≤ 0.35 by its series, whose next term is below 2e-8 of it. */
const EXPM1 = `${EXP}
fn compute(a: f32) -> f32 {
  if (abs(a) > 0.35 || isnan(a)) { return expOf(a) - 1.0; }
  return a * (1.0 + a * (1.0 / 2.0 + a * (1.0 / 6.0 + a * (1.0 / 24.0 + a * (1.0 / 120.0 + a * (1.0 / 720.0 + a / 5040.0))))));
}`;

/** Kernels that tfjs-backend-webgpu 4.22 computes by one built-in function: `log1p(1e-8)` is 0 there, and `log(0)` −88 with some drivers. */
export const elementaryKernels: readonly WebgpuKernel[] = Object.freeze([
  elementwise('Log', `${LOG}\nfn compute(a: f32) -> f32 { return logOf(a); }`),
  elementwise('Log1p', LOG1P),
  elementwise('Exp', `${EXP}\nfn compute(a: f32) -> f32 { return expOf(a); }`),
  elementwise('Expm1', EXPM1),
]);
