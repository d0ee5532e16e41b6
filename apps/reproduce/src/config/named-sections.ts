/** Sections of a config that name what they are made of, and may be a name alone. */
export const NAMED_SECTIONS: readonly string[] = Object.freeze(['data', 'transition', 'schedule', 'model', 'loss']);
