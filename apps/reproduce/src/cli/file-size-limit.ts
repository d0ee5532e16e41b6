/**
 * A write past `ulimit -f` is an error of that write (EFBIG), as a full disk is. By default the signal that comes with it ends the process, and npm
 * `signal-exit`, by which locks are let go, brings that default back unless somebody else listens.
 */
export function outliveFileSizeLimit(): void {
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => undefined);
}
