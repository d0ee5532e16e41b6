/**
 * What `work` gives, or the error of `onLate` where that has not come within the time. The work goes on all the same: nothing stops a
 * call of C.
 */
export function inTime(work: Promise<void>, seconds: number, onLate: () => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    // After a long turn of the event loop its timers come first, and what has ended meanwhile is heard of before the immediate.
    const timer = setTimeout(() => setImmediate(() => reject(onLate())), seconds * 1000);
    void work.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
