import {
  createLocalJWKSet,
  type CryptoKey,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
} from "jose";

/** Nobody knows whether a token is good: its issuer's keys are not known, and it does not tell them. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** How an issuer's keys are read, and who is told. */
export interface KeySource {
  /** Asks the issuer; fails when it gives no answer that can be used. */
  load(): Promise<JSONWebKeySet>;
  /** The keys are known for the first time, or again after trouble. */
  onKnown(jwks: JSONWebKeySet): void;
  onTrouble(error: unknown): void;
}

type LocalKeySet = ReturnType<typeof createLocalJWKSet>;

interface KnownKeys {
  jwks: JSONWebKeySet;
  at: number;
  /** The keys that may sign for one tenant, by the `issuer` members that let them. */
  sets: Map<string, LocalKeySet>;
}

/** The issuer is asked again after this: a key that it withdrew is believed no longer. */
const FRESH_MS = 10 * 60_000;
/** Known keys stay good for this long while the issuer is away. */
const KEPT_MS = 24 * 3_600_000;
/** How often anonymous callers, with keys that do not exist, and a silent issuer can make us ask. */
const PAUSE_MS = 5_000;

/** The public keys of an issuer, asked for when they are needed and kept for a while. */
export class IssuerKeys {
  private known?: KnownKeys;
  private pending?: Promise<void>;
  private failedAt = -Infinity;
  private vainAt = -Infinity;

  constructor(private readonly source: KeySource) {}

  /** What the issuer said when it was last asked. */
  get current(): object | undefined {
    return this.known?.jwks;
  }

  /**
   * Finds the key of a token. One that is not known is asked for at once, since the issuer may have new keys; when it
   * had none, not again for some seconds.
   * @param maySign whether a key with this `issuer` member may sign the token; most keys have none and may
   * @throws JWKSNoMatchingKey the issuer has no such key
   * @throws KeysUnavailable it does not answer, and the key is not among those of the last 24 hours
   */
  async find(header: JWTHeaderParameters, maySign: (issuer: string) => boolean): Promise<CryptoKey> {
    if (this.ageOfKeys() >= FRESH_MS) await this.renew();
    try {
      return await this.setFor(maySign)(header);
    } catch (error) {
      const hasJustAsked = !this.pending && !this.isAway && this.within(PAUSE_MS, this.vainAt);
      if (!(error instanceof errors.JWKSNoMatchingKey) || hasJustAsked) throw error;
    }
    await this.renew(true);
    try {
      return await this.setFor(maySign)(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.isAway) throw new KeysUnavailable("the key is not known, and its issuer does not answer");
      this.vainAt = performance.now();
      throw error;
    }
  }

  /** Asks the issuer, unless it failed to answer a moment ago. All who want its answer share one. Never fails. */
  async renew(mustWait = false): Promise<void> {
    if (!this.pending && this.within(PAUSE_MS, this.failedAt)) return;
    this.pending ??= this.load().finally(() => (this.pending = undefined));
    // While a silent issuer lets us wait, what is known will do.
    if (mustWait || !this.isAway || this.ageOfKeys() >= KEPT_MS) await this.pending;
  }

  private async load(): Promise<void> {
    try {
      const jwks = await this.source.load();
      createLocalJWKSet(jwks); // throws where it is no key set
      const isNews = !this.known || this.isAway;
      this.known = { jwks, at: performance.now(), sets: new Map() };
      this.failedAt = -Infinity;
      if (isNews) this.source.onKnown(jwks);
    } catch (error) {
      this.failedAt = performance.now();
      this.source.onTrouble(error);
    }
  }

  private setFor(maySign: (issuer: string) => boolean): LocalKeySet {
    if (!this.known || this.ageOfKeys() >= KEPT_MS)
      throw new KeysUnavailable("the issuer's keys are not known, and it does not answer");
    const { jwks, sets } = this.known;
    const keys = jwks.keys.filter((key) => {
      const { issuer } = key as { issuer?: unknown };
      return issuer === undefined || (typeof issuer === "string" && maySign(issuer));
    });
    const id = keys.map((key) => jwks.keys.indexOf(key)).join();
    const set = sets.get(id) ?? createLocalJWKSet({ keys });
    sets.set(id, set);
    return set;
  }

  /** Whether it gave no answer when it was last asked. */
  private get isAway(): boolean {
    return this.failedAt > -Infinity;
  }

  private ageOfKeys(): number {
    return this.known ? performance.now() - this.known.at : Infinity;
  }

  private within(milliseconds: number, since: number): boolean {
    return performance.now() - since < milliseconds;
  }
}
