import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The audience that the tests' tokens are for. */
export const AUDIENCE = "https://partners.example/api";

/** A real OpenID Connect provider, in a process of its own on the loopback. */
export interface RunningProvider {
  issuer: string;
  /** Gets an access token from its token endpoint, with a person's claims in it. */
  token(claims: object, audience?: string): Promise<string>;
  /** Makes it sign with a new key and forget the one before. */
  rotate(): Promise<void>;
  /** Ends the process, as a crash would. */
  kill(): Promise<void>;
}

/** Starts a provider; kill it when done. */
export async function startProvider(): Promise<RunningProvider> {
  const child = spawn(process.execPath, [join(__dirname, "provider-process.mjs")], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { PATH: process.env.PATH },
  });
  const { issuer } = (await heard(child)) as { issuer: string };
  return {
    issuer,
    token: (claims, audience = AUDIENCE) => fetchToken(issuer, claims, audience),
    rotate: async () => {
      child.send({ rotate: true });
      await heard(child);
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function heard(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the provider ended")));
  const [message] = (await Promise.race([once(child, "message"), ended])) as unknown[];
  return message;
}

async function fetchToken(issuer: string, claims: object, resource: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from("frontend:frontend-secret").toString("base64")}`,
      "x-claims": JSON.stringify(claims),
    },
    body: new URLSearchParams({ grant_type: "client_credentials", resource }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (!answer.access_token) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
