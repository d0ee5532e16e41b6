/** Whether a member's name is absolute, leaves its folder, or is one that some system reads otherwise (`\`, `C:`, NUL). */
export function isUnsafeName(name: string): boolean {
  return name === '' || /^\/|^[a-z]:|\\|\0/i.test(name) || name.split('/').includes('..');
}
