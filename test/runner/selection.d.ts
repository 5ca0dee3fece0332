/** Patterns of test files, from the root of the repository, by the name of their list. */
export const lists: Record<string, string[]>;
