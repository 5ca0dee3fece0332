import { post } from "./at-the-endpoint";
import { startLoggedServer, type LoggedServer } from "./logged-server";

let server: LoggedServer;
let asked = 0;
beforeAll(async () => {
  server = await startLoggedServer();
});
afterAll(() => server.stop());

/** The lines of operations that an action left in the log. */
async function linesOf(action: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const before = server.log.length;
  await action();
  const lines = server.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter(({ msg }) => msg === "operation");
}

const IDS = {
  userId: expect.stringMatching(/^user_\w{26}$/),
  organizationId: expect.stringMatching(/^part_\w{26}$/),
};
const REMOVE =
  'mutation Gone { removeRelationship(input: { relationshipId: "rel_1" }) { userErrors { code } } }';

describe("the line of an operation in the log", () => {
  // Once Apollo answers it, and from then on KnownOperations does.
  it.each(["the first time", "again"])(
    "has who, what and the code, for a mutation that is refused (%s)",
    async () => {
      const [line] = await linesOf(() => server.ask("direct-agent", REMOVE));
      expect(line).toMatchObject({
        kind: "mutation",
        field: "removeRelationship",
        operation: "Gone",
        ...IDS,
      });
      expect(line?.code).toMatch(/^[A-Z_]+$/);
      expect(line?.code).not.toBe("INTERNAL");
    },
  );

  it.each(["the first time", "again"])("has them for one that is done, without a code (%s)", async () => {
    const invite =
      "mutation ($to: String!) { inviteCustomer(input: { recipientEmail: $to }) { userErrors { code } } }";
    const to = `${++asked}@shop.example`;
    const [line] = await linesOf(() => server.ask("direct-agent", invite, { to }));
    expect(line).toMatchObject({ field: "inviteCustomer", errors: 0, ...IDS });
    expect(line).not.toHaveProperty("code");
  });

  it.each(["the first time", "again"])("has them for a query that is refused (%s)", async () => {
    const [line] = await linesOf(() => server.ask("direct-sales", "{ customers { totalCount } }"));
    expect(line).toMatchObject({ field: "customers", code: "FORBIDDEN", errors: 1, ...IDS });
  });

  it("has the code of a document that is not valid, and nobody where nobody is signed in", async () => {
    const [wrong] = await linesOf(() => server.ask("direct-agent", "{ nope }"));
    expect(wrong).toMatchObject({ code: "BAD_REQUEST", ...IDS });
    const [outsider] = await linesOf(() => post(server, { query: REMOVE }, {}));
    expect(outsider).toMatchObject({ code: "TOKEN_MISSING", field: "removeRelationship" });
    expect(outsider).not.toHaveProperty("userId");
  });

  it("has no more than before for a query that is answered: most are", async () => {
    const [line] = await linesOf(() => server.ask("direct-agent", "query Me { viewer { displayName } }"));
    expect(Object.keys(line ?? {}).sort()).toEqual([
      "errors",
      "kind",
      "level",
      "ms",
      "msg",
      "operation",
      "requestId",
      "time",
    ]);
  });
});
