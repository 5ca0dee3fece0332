import { crossing } from "./organization-statements";

const told = (sql: string, ...parameters: unknown[]) => crossing({ sql, parameters });

describe("a statement", () => {
  it.each([
    ["of one organization", "SELECT a FROM event WHERE organizationId = ? AND position > ?", ["o", 5]],
    ["of one row", "UPDATE subscription SET quantity = ? WHERE id = ? AND version = ?", [1, "s", 2]],
    [
      "that joins by the owner's column",
      "SELECT a FROM organization_head head LEFT JOIN (SELECT b FROM event WHERE organizationId = ?) told ON 1 = 1 WHERE head.organizationId = ?",
      ["o", "o"],
    ],
    ["of the catalogue", "SELECT a FROM offer WHERE country = ?", ["US"]],
    [
      "that inserts rows of one",
      "INSERT INTO event (position, organizationId) VALUES (?, ?), (?, ?)",
      [1, "o", 2, "o"],
    ],
  ])("%s stays with one organization", (_what, sql, parameters) => {
    expect(told(sql, ...parameters)).toBeUndefined();
  });

  it("that names two organizations, none, or rows of another one besides is told", () => {
    expect(told("UPDATE organization_head SET a = ? WHERE organizationId IN (?, ?)", 1, "o", "p")).toBe(
      "UPDATE organization_head (several)",
    );
    expect(told("SELECT a FROM customer WHERE tenantId = ?", "t")).toBe("SELECT customer (any)");
    expect(
      told(
        "SELECT a FROM reseller_relationship r JOIN customer c ON c.id = r.customerId WHERE r.partnerId = ?",
        "p",
      ),
    ).toBe("SELECT customer (any), reseller_relationship (one)");
    expect(told("INSERT INTO event (organizationId, position) VALUES (?, ?), (?, ?)", "o", 1, "p", 2)).toBe(
      "INSERT event (several)",
    );
  });
});
