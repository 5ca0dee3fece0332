import { createHash } from "node:crypto";

/** So many characters of a secret are compared first; a secret that is shorter is not searched for. */
const PREFIX = 8;

/** What is secret by its form, whoever made it and whether or not it is known here. */
const SECRET_FORMS: readonly [what: string, form: RegExp][] = [
  ["a bearer token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ["an API key", /\bpgk_[0-9A-Za-z]{40,}/],
  ["a signing secret", /\bwhsec_[\w+/]{32,}=*/],
  ["the link of an invitation", /\/invitation#[\w-]{43}/],
  ["a private key", /-----BEGIN [A-Z ]{0,20}PRIVATE KEY/],
];

/** A word of the shape of an invitation's token, and one of the shape of an API key. */
const HASHED_FORMS = /(?<![\w-])(?:[\w-]{43}|pgk_\w{49})(?![\w-])/g;

/**
 * The secrets that are in use in a run, and the search for them in what its processes wrote. The time of a search grows with the
 * length of the text alone, so that each invitation's token of a long run can be among them.
 */
export class LogSecrets {
  /** What each secret is, by its text, by its first characters. */
  private readonly byPrefix = new Map<string, Map<string, string>>();
  /** What each secret is that is known by its SHA-256 alone. */
  private readonly byHash = new Map<string, string>();

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

  /**
   * Notes a secret of which only the hash is known, as it is stored of API keys and of invitations' tokens.
   * @param what what it is
   * @param hash its SHA-256 in hex
   */
  addHash(what: string, hash: string): void {
    this.byHash.set(hash, what);
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
    return [...this.byPrefix.values()].reduce((sum, { size }) => sum + size, this.byHash.size);
  }

  /**
   * What of the secrets is in a text, and what has the form of one, each named once, with the line where it is first. The secret itself is
   * left out.
   */
  foundIn(text: string): string[] {
    const found = new Map<string, string>();
    const record = (what: string, secret: string, at: number) => {
      if (found.has(what)) return;
      const line = text.slice(text.lastIndexOf("\n", at) + 1).split("\n", 1)[0] ?? "";
      found.set(what, `${what} is in the output: ${line.replaceAll(secret, "…").slice(0, 500)}`);
    };
    this.findKnown(text, record);
    for (const { 0: word, index } of text.matchAll(HASHED_FORMS)) {
      const what = this.byHash.get(createHash("sha256").update(word).digest("hex"));
      if (what !== undefined) record(what, word, index);
    }
    for (const [what, form] of SECRET_FORMS) {
      const word = form.exec(text);
      if (word) record(what, word[0], word.index);
    }
    return [...found.values()];
  }

  private findKnown(text: string, record: (what: string, secret: string, at: number) => void): void {
    for (let at = 0; at + PREFIX <= text.length; at++) {
      const candidates = this.byPrefix.get(text.slice(at, at + PREFIX));
      if (!candidates) continue;
      for (const [secret, what] of candidates) if (text.startsWith(secret, at)) record(what, secret, at);
    }
  }
}
