// An OpenID Connect provider in a process of its own: `oidc-provider` is ESM only, which jest cannot load, and a test
// wants to kill it. Told over IPC to take new keys; tells its address when it listens.
import { generateKeyPair } from "node:crypto";
import { createServer } from "node:http";
import { promisify } from "node:util";
import Provider from "oidc-provider";

const CLIENT = {
  client_id: "frontend",
  client_secret: "frontend-secret",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
};

async function newKey() {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
}

/** The provider has no accounts: the caller of the token endpoint says in a header which claims its person has. */
function makeProvider(issuer, key) {
  return new Provider(issuer, {
    clients: [CLIENT],
    jwks: { keys: [key] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, audience) => ({
          scope: "",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
        }),
      },
    },
    formats: {
      customizers: {
        jwt: (ctx, _token, jwt) => Object.assign(jwt.payload, JSON.parse(ctx.get("x-claims") || "{}")),
      },
    },
  }).callback();
}

let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answer = makeProvider(issuer, await newKey());
  process.on("message", async () => {
    answer = makeProvider(issuer, await newKey());
    process.send({ rotated: true });
  });
  process.send({ issuer });
});
process.on("disconnect", () => process.exit());
