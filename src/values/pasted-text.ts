const OTHER_SPACES = /[\p{Zs}\t]/gu;

/** A number or name as it was pasted, every kind of space (such as the no-break space) an ordinary one and none at its ends. */
export function withPlainSpaces(text: string): string {
  return text.replace(OTHER_SPACES, " ").trim();
}
