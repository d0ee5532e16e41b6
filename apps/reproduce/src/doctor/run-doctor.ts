import { doctorAdvice } from './doctor-advice.ts';
import { doctorReport } from './doctor-report.ts';
import { doctorText } from './doctor-text.ts';

export interface DoctorOptions {
  readonly threads?: number;
  readonly json: boolean;
}

/** `d3pm doctor`: what this machine has, how fast it is, and what can be done about what is missing. Ends with 1 where no engine works. */
export async function runDoctor({ threads, json }: DoctorOptions): Promise<void> {
  const report = await doctorReport(threads);
  process.stdout.write(json ? `${JSON.stringify({ ...report, advice: doctorAdvice(report) }, null, 2)}\n` : doctorText(report));
  if (report.engines.every(({ probe }) => probe === undefined)) process.exitCode = 1;
}
