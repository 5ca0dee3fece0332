/** So many characters of a secret are compared first; a secret that is shorter is not searched for. */
const PREFIX = 8;

/**
 * The secrets that are in use in a run, and the search for them in what its processes wrote. The time of a search grows with the
 * length of the text alone, so that each invitation's token of a long run can be among them.
 */
export class LogSecrets {
  /** What each secret is, by its text, by its first characters. */
  private readonly byPrefix = new Map<string, Map<string, string>>();

  /**
   * Notes a secret.
   * @param what what it is, for the message when it is found
   * @param secret its text; one of fewer than eight characters would be found by chance, and is refused
   */
  add(what: string, secret: string): void {
    if (secret.length < PREFIX) throw new Error(`${what} is too short to be searched for`);
    const prefix = secret.slice(0, PREFIX);
    const known = this.byPrefix.get(prefix) ?? new Map<string, string>();
    this.byPrefix.set(prefix, known.set(secret, what));
  }

  /** Notes what a server's environment holds: the passwords of its database and Redis, and SECRETS_KEY. */
  addEnvironment(environment: Record<string, string>): void {
    for (const name of ["DATABASE_URL", "REDIS_URL"]) {
      const url = environment[name];
      if (!url || !URL.canParse(url)) continue;
      const { password } = new URL(url);
      if (password !== "") this.add(`the password in ${name}`, password);
    }
    const { SECRETS_KEY: key } = environment;
    if (key) this.add("SECRETS_KEY", key);
  }

  /** How many secrets are searched for. */
  get size(): number {
    return [...this.byPrefix.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What of the secrets is in a text, each named once, with the line where it is first. The secret itself is left out. */
  foundIn(text: string): string[] {
    const found = new Map<string, string>();
    for (let at = 0; at + PREFIX <= text.length; at++) {
      const candidates = this.byPrefix.get(text.slice(at, at + PREFIX));
      if (!candidates) continue;
      for (const [secret, what] of candidates) {
        if (found.has(what) || !text.startsWith(secret, at)) continue;
        const line = text.slice(text.lastIndexOf("\n", at) + 1).split("\n", 1)[0] ?? "";
        found.set(what, `${what} is in the output: ${line.replaceAll(secret, "…").slice(0, 500)}`);
      }
    }
    return [...found.values()];
  }
}
