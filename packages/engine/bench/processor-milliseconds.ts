/** Of processor, a call: the mean of so many, after one that is not counted. */
export function processorMilliseconds(rounds: number, run: () => unknown): number {
  run();
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / rounds;
}
