import { AdminRole, User, UserStatus } from "../../entities/identity/user";
import { newId } from "../../src/values/ids";
import { createUser, listUsers, type ListUsers } from "../../src/identity";
import { aPartner, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

// A file of its own: an EXPLAIN leaves libsql's reading connection where it was, blind to later commits.

let testContext: TestContext;
let home: PartnerWithUser;
beforeAll(async () => {
  testContext = await openTestContext();
  for (let organizations = 0; organizations < 3; organizations++) {
    home = await aPartner(testContext, {}, { admin: [AdminRole.GLOBAL_ADMIN] });
    for (let at = 0; at < 30; at++)
      await createUser(testContext.as(home.actor), {
        email: `u${at}@office.example`,
        displayName: `User ${at}`,
      });
  }
});
afterAll(() => testContext.close());

/** How the database would find a page: its plan of the statement that the list runs. */
async function planOf(input: ListUsers, values: string[]): Promise<string> {
  const before = testContext.statements.length;
  await listUsers(testContext.as(home.actor), input);
  const [sql] = testContext.statements.slice(before);
  const explain = testContext.database.family === "mysql" ? "EXPLAIN" : "EXPLAIN QUERY PLAN";
  const rows = await testContext.database.read((reads) =>
    reads.rows<object>(`${explain} ${sql}`, [home.partner.id, ...values]),
  );
  return JSON.stringify(rows);
}

it.each([
  ["a page", {}, []],
  ["a page of one status", { status: UserStatus.INVITED }, ["INVITED"]],
  ["a page of one beginning", { emailStartsWith: "u1" }, ["u1", "u2"]],
])("%s of users is read through an index of the organization's users", async (_what, input, values) => {
  const plan = await planOf({ ...input, first: 5 }, values);
  expect(plan).toMatch(/user_account_by_organization_id_/);
  expect(plan).not.toMatch(/SCAN|"ALL"/);
});

it("a later page begins at its cursor", async () => {
  const { pageInfo } = await listUsers(testContext.as(home.actor), { first: 5 });
  const plan = await planOf({ after: pageInfo.endCursor }, [newId(User)]);
  expect(plan).toMatch(
    testContext.database.family === "mysql"
      ? /user_account_by_organization_id_|PRIMARY/
      : /organizationId=\? AND id>\?/,
  );
});
