import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importPKCS8, importSPKI, SignJWT } from "jose";
import { Cloud } from "../../entities/partners/partner";
import { ENTRA_GLOBAL_ADMINISTRATOR } from "../config/oidc-settings";
import { makePrivateFolder, PRIVATE_FILE_MODE } from "../config/private-files";
import { StartRefused } from "../errors/start-refused";
import type { TrustedIssuer } from "./token-issuers";

/** Whom a development token is for. */
export interface TokenSubject {
  tenantId: string;
  subject: string;
  email: string;
  displayName: string;
  isGlobalAdmin: boolean;
}

/** Signs tokens for the demo's people, and is itself a trusted issuer. Never in production. */
export interface DevelopmentIssuer extends TrustedIssuer {
  /** A token for a person, good for a number of seconds. */
  sign(person: TokenSubject, lifetimeSeconds: number): Promise<string>;
}

const ISSUER = "urn:partnergraph:development";
const AUDIENCE = "partnergraph";
const ALGORITHM = "EdDSA";

/**
 * Opens the development issuer, whose key pair is kept in the data folder so that server and token command share it,
 * and tokens outlive a restart.
 */
export async function openDevelopmentIssuer(dataDir: string): Promise<DevelopmentIssuer> {
  const { privateKey, publicKey } = await keyPairIn(dataDir);
  return {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    algorithms: [ALGORITHM],
    cloud: Cloud.PUBLIC,
    claims: { tenant: "tid", subject: "sub", email: "email", name: "name", roles: "wids" },
    globalAdminRole: ENTRA_GLOBAL_ADMINISTRATOR,
    keys: () => Promise.resolve(publicKey),
    sign: ({ tenantId, subject, email, displayName, isGlobalAdmin }, lifetimeSeconds) =>
      new SignJWT({
        tid: tenantId,
        email,
        name: displayName,
        ...(isGlobalAdmin && { wids: [ENTRA_GLOBAL_ADMINISTRATOR] }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(privateKey),
  };
}

interface PemKeyPair {
  publicKey: string;
  privateKey: string;
}

type KeyPair = Record<keyof PemKeyPair, Awaited<ReturnType<typeof importSPKI>>>;

/** @throws StartRefused the file is there and holds no key pair */
async function keyPairIn(dataDir: string): Promise<KeyPair> {
  const file = join(dataDir, "development-issuer.json");
  makePrivateFolder(dataDir);
  const fresh = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  try {
    writeFileSync(file, JSON.stringify(fresh), { flag: "wx", mode: PRIVATE_FILE_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // Read back also when just written: of two processes that start at once, one wrote the file.
  const text = readFileSync(file, "utf8");
  try {
    const pem = JSON.parse(text) as PemKeyPair;
    return {
      privateKey: await importPKCS8(pem.privateKey, ALGORITHM),
      publicKey: await importSPKI(pem.publicKey, ALGORITHM),
    };
  } catch {
    // The cause is not told: it may hold a part of the key.
    throw new StartRefused(
      `${file} holds no key pair of the development issuer. Delete it: a new one is made, and tokens are to be fetched again.`,
    );
  }
}
