import 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Goes into the table of docs/backends.md. */
    measured?: Readonly<Record<string, number | string>>;
  }
}
