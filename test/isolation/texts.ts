import { getNamedType, isInputObjectType } from "graphql";
import { User, UserStatus } from "../../entities/identity/user";
import { newId } from "../../src/values/ids";
import { type IsolationHarness, chiefOf, type FileHarness } from "./harness";
import type { RootField } from "./documents";
import { codesIn } from "./api-client";
import { fieldsOf, mayBegin, ownFiller } from "./probing";
import { takeSnapshot } from "./snapshot";
import { type IdParameter, variablesFor, withValue } from "./id-parameters";
import { idOf } from "./fixture-world";
import type { OrganizationKey } from "./fixture-plan";

/*
 * A text that a mutation writes is its caller's own, and whether somebody else has it too is not for it to learn. Only
 * a company's domain says so, by the rule that no two organizations have the same one (docs/sources.md, customers).
 */

/** Every e-mail address that a mutation takes. */
const emailSlots: IdParameter[] = fieldsOf("mutation").flatMap((field: RootField) =>
  field.args.flatMap((arg) => {
    const type = getNamedType(arg.type);
    const names = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
    return names
      .filter((name) => /email/i.test(name))
      .map((name) => ({
        field,
        path: [arg.name, name],
        isList: false,
        kinds: [],
        isOwnKey: false,
        isOwnFilter: false,
      }));
  }),
);

/** The addresses of others' users and of those whom others have invited. */
function foreignAddresses({ rules }: IsolationHarness, organizationId: string): string[] {
  const of = (kind: "user" | "invitation", column: string) =>
    rules
      .idsOf(kind)
      .filter((id) => !rules.maySee(organizationId, id))
      .map((id) => rules.row(id)?.[column] as string | null);
  const found = [of("user", "email").slice(0, 12), of("invitation", "recipientEmail").slice(0, 12)].flat();
  return found.filter((address) => address !== null);
}

/** Makes the tests of texts that two organizations write alike. */
export function probeTexts(held: FileHarness): void {
  test("an e-mail address that somebody else has is taken as one that nobody has", async () => {
    const { harness } = held;
    const faults: string[] = [];
    let fresh = 0;
    for (const key of ["directA", "resellerB", "providerA", "customerX"] as const) {
      const chief = chiefOf(harness, key);
      for (const idParameter of emailSlots.filter(({ field }) => mayBegin(chief, field))) {
        for (const address of foreignAddresses(harness, chief.organizationId)) {
          const send = (value: string) => {
            const base = variablesFor(
              idParameter.field,
              "full",
              ownFiller(harness, chief, idParameter.field),
            );
            return harness.apiClient.ask(
              chief.bearer,
              idParameter.field,
              withValue(base, idParameter, value),
            );
          };
          const [taken, free] = [await send(address), await send(`nobody-${fresh++}@nowhere.example`)];
          if (codesIn(taken).join() !== codesIn(free).join())
            faults.push(
              `${key}, ${idParameter.field.name} with ${address}: ${codesIn(taken).join()} against ${codesIn(free).join()}`,
            );
        }
      }
    }
    expect(faults).toEqual([]);
  }, 300_000);

  test("somebody whom two organizations have invited becomes a user of the one that its token is of, and of no other", async () => {
    const { server, world, apiClient } = held.harness;
    const email = "wanted@by-both.example";
    const now = server.running.services.now();
    const invited = ["directA", "directB", "customerX"].map((key) => ({
      id: newId(User),
      organizationId: idOf(world, key as OrganizationKey),
      subject: null,
      email,
      displayName: "Wanted By Both",
      agentRoles: [],
      adminRoles: [],
      status: UserStatus.INVITED,
      createdAt: now,
      updatedAt: now,
      version: 1,
    }));
    await world.testContext.system.transaction((tx) => tx.insertAll(User, invited));
    const [, own] = invited;
    const { tenantId } = world.partners.directB;
    const person = { tenantId, subject: "wanted", email, displayName: "Wanted", isGlobalAdmin: false };
    const reply = await apiClient.ask(
      await server.running.developmentIssuer?.sign(person, 600),
      { document: "{ viewer { userId partner { id } } }" },
      {},
    );
    expect(reply.body.data?.viewer).toEqual({ userId: own?.id, partner: { id: world.partners.directB.id } });
    const rows = (await takeSnapshot(server.running.services.database)).get("user_account") ?? [];
    const joined = rows.filter((row) => row.email === email && row.subject !== null);
    expect(joined.map(({ id }) => id)).toEqual([own?.id]);
  }, 300_000);
}
