import { expect } from 'vitest';

/** The decoder throws a D3pmError `INVALID_DATA` that begins with its name and the file's, and says this of it. */
export function expectRefusal(decode: () => unknown, message: string): void {
  expect(decode).toThrow(
    expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringMatching(/^decode\w+: ".+": ./u) as string }),
  );
  expect(decode).toThrow(message);
}
