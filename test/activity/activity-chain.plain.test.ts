import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ActivityOutcome, ActivityResource } from "../../entities/activity/activity-record";
import { canonicalJson, hashOf } from "../../src/activity/activity-chain";

/** The example of docs/activity-log.md. */
const example = {
  organizationId: "part_01h455vb4pex5vsknk084sn02q",
  sequence: 1,
  id: "act_01h455vb4pex5vsknk084sn02r",
  occurredAt: "2026-11-21T10:00:00.000Z",
  actorId: "user_01h455vb4pex5vsknk084sn02s",
  actorName: "amir@alpine.example",
  operation: "updateCustomer",
  outcome: ActivityOutcome.SUCCEEDED,
  errorCode: null,
  resourceType: ActivityResource.RELATIONSHIP,
  resourceId: "rel_01h455vb4pex5vsknk084sn02t",
  customerId: "cust_01h455vb4pex5vsknk084sn02v",
  customerName: "Évora Ceramics",
  oldValues: { companyName: "Evora", contactPhone: null },
  newValues: { contactPhone: "+1 555 0100", companyName: "Évora Ceramics" },
  requestId: "3f2c9a56",
  previousHash: "",
};

describe("the hash of a record", () => {
  it("is what docs/activity-log.md says, text and hash", () => {
    const page = readFileSync(join(__dirname, "../../docs/activity-log.md"), "utf8");
    const { previousHash, ...rest } = example;
    const text = `${previousHash}\n${canonicalJson(rest)}`;
    expect(page).toContain(text.trimStart());
    expect(hashOf(example)).toBe(createHash("sha256").update(text).digest("hex"));
    expect(page).toContain(hashOf(example));
  });

  it("does not depend on the order in which columns and values come", () => {
    const reversed = Object.fromEntries(Object.entries(example).reverse()) as typeof example;
    const newValues = { companyName: "Évora Ceramics", contactPhone: "+1 555 0100" };
    expect(hashOf({ ...reversed, newValues })).toBe(hashOf(example));
  });

  it("depends on every column, and on each being null or empty", () => {
    const hashes = Object.keys(example).map((column) => hashOf({ ...example, [column]: "other" }));
    const nulls = Object.keys(example).map((column) => hashOf({ ...example, [column]: null }));
    const all = [hashOf(example), ...hashes, ...nulls.filter((hash) => hash !== hashOf(example))];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("canonical JSON", () => {
  it("sorts names on every level, keeps lists, and has no spaces", () => {
    expect(canonicalJson({ b: [3, { d: 1, c: null }], a: true, é: 1, Z: "x" })).toBe(
      '{"Z":"x","a":true,"b":[3,{"c":null,"d":1}],"é":1}',
    );
  });
});
