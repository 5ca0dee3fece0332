import { randomUUID } from "node:crypto";
import { demoPeople } from "../../src/demo";
import { type LoggedServer, startLoggedServer } from "./logged-server";
import { post } from "./at-the-endpoint";

let server: LoggedServer;
beforeAll(async () => {
  server = await startLoggedServer();
});
afterAll(() => server.stop());

const VIEWER = { query: "{ viewer { displayName kind } }" };

/** What a caller with this header is answered when it asks who it is. */
async function answerTo(authorization: string | undefined) {
  const { status, body } = await post(server, VIEWER, authorization === undefined ? {} : { authorization });
  expect(status).toBe(200);
  return body;
}

async function refusalOf(authorization: string | undefined) {
  const { data, errors } = await answerTo(authorization);
  expect(data).toBeNull();
  expect(errors).toHaveLength(1);
  const [{ message = "", path, extensions } = {}] = errors ?? [];
  return { message, path, ...extensions };
}

describe("a caller with a good token", () => {
  it("is known by it", async () => {
    const token = await server.token("direct-agent");
    expect(await answerTo(`Bearer ${token}`)).toEqual({
      data: { viewer: { displayName: "Amir Costa", kind: "PARTNER_USER" } },
    });
  });

  it("is known also when it writes the scheme in another case", async () => {
    const token = await server.token("direct-agent");
    expect(await answerTo(`bearer ${token}`)).toMatchObject({ data: { viewer: {} } });
  });

  it("is known as the prospect it is when its organization is not known and it is Global admin there", async () => {
    const token = await server.token("newcomer-admin");
    expect(await answerTo(`Bearer ${token}`)).toMatchObject({ data: { viewer: { kind: "PROSPECT" } } });
  });
});

describe("a caller without a token", () => {
  it.each([undefined, "", "Basic YTpi", "Bearer", "Bearer two words"])(
    "is told to sign in, with the header it sent being: %s",
    async (authorization) => {
      expect(await refusalOf(authorization)).toMatchObject({
        code: "TOKEN_MISSING",
        kind: "UNAUTHENTICATED",
        path: ["viewer"],
        message: expect.stringContaining("Authorization: Bearer"),
      });
    },
  );
});

describe("a token that is not good", () => {
  const invalid = { code: "TOKEN_INVALID", kind: "UNAUTHENTICATED" };
  const notValid = "The bearer token is not valid for this server.";

  it("is refused when it is no token at all", async () => {
    for (const garbage of ["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
      expect(await refusalOf(`Bearer ${garbage}`)).toMatchObject({ ...invalid, message: notValid });
  });

  it("is refused when it is expired, and says so", async () => {
    const token = await server.token("direct-agent", -60);
    expect(await refusalOf(`Bearer ${token}`)).toMatchObject({
      ...invalid,
      code: "TOKEN_EXPIRED",
      message: "The bearer token has expired. Get a new one.",
    });
  });

  it("is refused when it is for another audience", async () => {
    const token = await server.oddToken({ audience: "another-server" });
    expect(await refusalOf(`Bearer ${token}`)).toMatchObject({ ...invalid, message: notValid });
  });

  it("is refused when it is from an issuer that we do not trust", async () => {
    const token = await server.oddToken({ issuer: "urn:somebody:else" });
    expect(await refusalOf(`Bearer ${token}`)).toMatchObject({ ...invalid, message: notValid });
  });

  it("is refused when one letter of its signature is another one", async () => {
    const token = await server.token("direct-agent");
    const at = token.length - 20;
    const other = token[at] === "A" ? "B" : "A";
    expect(await refusalOf(`Bearer ${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toMatchObject(
      invalid,
    );
  });

  it("is refused when its claims were changed after it was signed", async () => {
    const [head, , signature] = (await server.token("direct-sales")).split(".");
    const [, claims] = (await server.token("direct-admin")).split(".");
    expect(await refusalOf(`Bearer ${head}.${claims}.${signature}`)).toMatchObject(invalid);
  });

  it("is refused when it claims to need no signature", async () => {
    const [, claims] = (await server.token("direct-admin")).split(".");
    const head = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    expect(await refusalOf(`Bearer ${head}.${claims}.`)).toMatchObject(invalid);
  });

  it("is not shown again in the answer", async () => {
    const { message } = await refusalOf("Bearer my-secret-token");
    expect(message).not.toContain("my-secret-token");
  });
});

describe("a good token whose user may not sign in here", () => {
  const unknown = { code: "USER_UNKNOWN", kind: "UNAUTHENTICATED" };

  it("is refused where the organization is known and the user is not", async () => {
    const { tenantId } = demoPeople["direct-agent"];
    const outsider = {
      tenantId,
      subject: "stranger",
      email: "s@a.example",
      displayName: "S",
      isGlobalAdmin: true,
    };
    const token = await server.running.developmentIssuer!.sign(outsider, 60);
    expect(await refusalOf(`Bearer ${token}`)).toMatchObject(unknown);
  });

  it("is refused where neither is known and the user is no Global admin", async () => {
    const outsider = { tenantId: randomUUID(), subject: "s", email: "s@a.example", displayName: "S" };
    const token = await server.running.developmentIssuer!.sign({ ...outsider, isGlobalAdmin: false }, 60);
    expect(await refusalOf(`Bearer ${token}`)).toMatchObject({ ...unknown, code: "TENANT_UNKNOWN" });
  });
});

describe("a caller whose roles do not allow what it asks", () => {
  it("is told the roles of which any one would do", async () => {
    const { body } = await server.ask("direct-sales", "{ customers { nodes { id } } }");
    expect(body.errors).toMatchObject([
      {
        message: expect.stringContaining("It takes one of: GLOBAL_ADMIN, ADMIN_AGENT."),
        extensions: {
          code: "FORBIDDEN",
          kind: "FORBIDDEN",
          details: { permission: "customer.read", roles: ["GLOBAL_ADMIN", "ADMIN_AGENT"] },
        },
      },
    ]);
  });
});
