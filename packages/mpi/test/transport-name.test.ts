import { expect, it } from 'vitest';
import { transportName } from '../src/transport-name.ts';

it.each([
  ['Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022\0', 'Open MPI 4.1.4'],
  ['MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n', 'MPICH 4.0.2'],
  ['MPICH Version:      5.0.2\nMPICH Release date: today', 'MPICH 5.0.2'],
  ['Intel(R) MPI Library 2021.9 for Linux* OS\n', 'Intel(R) MPI Library 2021.9 for Linux* OS'],
  ['MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date:', 'MVAPICH2 2.3.7'],
  ['', ''],
])('%j is %j', (version, name) => {
  expect(transportName(version.replace(/\0/g, ''))).toBe(name);
});
