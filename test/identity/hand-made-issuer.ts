import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWK, SignJWT } from "jose";
import { ENTRA_GLOBAL_ADMINISTRATOR, type OidcSettings } from "../../src/config/oidc-settings";
import { Cloud } from "../../entities/partners/partner";
import { TokenRefused, type TrustedIssuer, verifyToken } from "../../src/identity";

/** The audience that hand-made tokens are for, unless a test says otherwise. */
export const AUDIENCE = "partners-api";

/** A key of an issuer: the private half to sign with, the public one as it is published. */
export interface SigningKey {
  alg: string;
  kid: string;
  privateKey: KeyObject;
  jwk: JWK & { issuer?: string };
}

/** An issuer of two documents, of which a test decides every byte. */
export interface HandMadeIssuer {
  url: string;
  key: SigningKey;
  /** What it publishes; a test may change it. */
  keys: JWK[];
  /** The paths that it was asked for, in order. */
  asked: string[];
  /** Answers in its place, where a test sets it. */
  answer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** The `issuer` and `jwks_uri` of its discovery document, where they are not its own. */
  discovery: { issuer?: string; jwks_uri?: string };
  settings(more?: Partial<OidcSettings>): OidcSettings;
  /** A token that is good, except for what a test changes. */
  token(claims?: object, header?: object, key?: SigningKey): Promise<string>;
  stop(): Promise<void>;
}

/** Makes a key pair as an issuer would have it. */
export async function newSigningKey(alg: "RS256" | "ES256" = "ES256"): Promise<SigningKey> {
  const { publicKey, privateKey } =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = randomUUID();
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/** Now, or some seconds later, as tokens say it. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** Starts an issuer on the loopback. */
export async function startHandMadeIssuer(alg?: "RS256" | "ES256"): Promise<HandMadeIssuer> {
  const key = await newSigningKey(alg);
  const server = createServer((request, response) => {
    made.asked.push(request.url ?? "");
    if (made.answer) made.answer(request, response);
    else response.setHeader("content-type", "application/json").end(JSON.stringify(usual(request.url)));
  });
  const usual = (path = "") =>
    path === "/keys"
      ? { keys: made.keys }
      : { issuer: made.url, jwks_uri: `${made.url}/keys`, ...made.discovery };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made: HandMadeIssuer = {
    url,
    key,
    keys: [key.jwk],
    asked: [],
    discovery: {},
    settings: (more = {}) => ({
      issuer: url,
      audiences: [AUDIENCE],
      algorithms: ["RS256", "ES256"],
      cloud: Cloud.PUBLIC,
      claims: { tenant: "tid", subject: "sub", email: "email", name: "name", roles: "wids" },
      globalAdminRole: ENTRA_GLOBAL_ADMINISTRATOR,
      ...more,
    }),
    token: (claims = {}, header = {}, { alg: algorithm, kid, privateKey } = key) => {
      const usualClaims = {
        iss: url,
        aud: AUDIENCE,
        sub: "subject-1",
        tid: "tenant-1",
        exp: secondsFromNow(60),
      };
      return new SignJWT({ ...usualClaims, ...claims })
        .setProtectedHeader({ alg: algorithm, kid, ...header })
        .sign(privateKey);
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return made;
}

/** A log that nobody reads. */
export const quiet = { info: () => undefined, warn: () => undefined };

/** Why a token is refused, as the operator reads it, and with what the caller learns. */
export async function refusalOfToken(token: string, issuers: TrustedIssuer[]): Promise<TokenRefused> {
  try {
    await verifyToken(issuers, token);
  } catch (error) {
    if (error instanceof TokenRefused) return error;
    throw error;
  }
  throw new Error("The token was believed.");
}

/** What becomes of a token: believed, or the code it is refused with. */
export async function outcomeOf(token: string, trusted: TrustedIssuer): Promise<string> {
  try {
    await verifyToken([trusted], token);
    return "believed";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const realNow = performance.now.bind(performance);

/** Lets time pass: the clock that the cache reads, not the one that tokens are judged by. Undone by restoreAllMocks. */
export function pass(seconds: number): void {
  const ahead = performance.now() - realNow() + seconds * 1000;
  jest.spyOn(performance, "now").mockImplementation(() => realNow() + ahead);
}
