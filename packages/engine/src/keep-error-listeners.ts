const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = (...values: unknown[]) => void;
interface NodeProcess {
  listeners?(event: string): Listener[];
  removeListener(event: string, listener: Listener): void;
}

/**
 * Runs `start`, and removes the listeners for uncaught errors that it adds to the Node process. Emscripten adds some that throw
 * the error again, so that every crash of the program ends with exit code 7 and points at a line of the wasm bundle.
 */
export async function keepErrorListeners<T>(start: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const before = EVENTS.map((event) => process?.listeners?.(event) ?? []);
  try {
    return await start();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of process?.listeners?.(event) ?? [])
        if (!before[i]!.includes(listener)) process!.removeListener(event, listener);
    });
  }
}
