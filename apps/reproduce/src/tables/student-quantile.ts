/** 97.5 % quantiles for 1, 2, … 10 degrees of freedom. */
const OF_FEW = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** Of the normal law. */
const Z = 1.95996;

/** What 19 of 20 distances lie within, in errors that have so many degrees of freedom: Student's 97.5 % quantile, to 0.001. */
export function studentQuantile(degreesOfFreedom: number): number {
  const tabled = OF_FEW[degreesOfFreedom - 1];
  if (tabled !== undefined) return tabled;
  const n = degreesOfFreedom;
  return (
    Z +
    (Z ** 3 + Z) / (4 * n) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * n ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * n ** 3)
  );
}
