import { loadConfig } from "../../src/config/config";
import { limitVariables } from "../../src/config/limits";

const usual = {
  LIMIT_DEPTH: 12,
  LIMIT_ALIASES: 15,
  LIMIT_FIELDS: 1_000,
  LIMIT_SAME_FIELD: 10,
  LIMIT_DIRECTIVES: 10,
  LIMIT_TOKENS: 2_000,
  LIMIT_NAME: 200,
  LIMIT_TEXT: 10_000,
  LIMIT_VALUES: 1_000,
  LIMIT_COST: 1_500,
  LIMIT_BUDGET: 20_000,
  LIMIT_SENT_BUDGET: 200_000,
  LIMIT_BUDGET_SECONDS: 40,
  LIMIT_ANONYMOUS_REQUESTS: 400,
  LIMIT_OPERATIONS_PER_SOCKET: 20,
  LIMIT_SOCKETS_PER_USER: 200,
  LIMIT_SOCKETS_PER_NODE: 5_000,
  LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: 100,
  LIMIT_UNREAD_PER_CONNECTION: 8 * 2 ** 20,
  LIMIT_UNREAD: 48 * 2 ** 20,
  LIMIT_UNREAD_SECONDS: 120,
  LIMIT_REQUEST_SECONDS: 30,
};

/** A figure that is within the bounds of a limit, where 77 is not. */
const FIGURES: Record<string, number> = {
  LIMIT_TEXT: 77_777,
  LIMIT_VALUES: 777,
  LIMIT_UNREAD_PER_CONNECTION: 7 * 2 ** 20,
  LIMIT_UNREAD: 77 * 2 ** 20,
};

describe("the limits", () => {
  it("are the usual figures where nothing is set", () => {
    expect(Object.keys(limitVariables)).toEqual(Object.keys(usual));
    expect(Object.values(loadConfig({}).limits)).toEqual(Object.values(usual));
  });

  it.each(Object.keys(usual))("are set by %s, each its own", (variable) => {
    const figure = FIGURES[variable] ?? 77;
    const before = Object.entries(loadConfig({}).limits);
    const changed = Object.entries(loadConfig({ [variable]: String(figure) }).limits).filter(
      ([name, value]) => value !== Object.fromEntries(before)[name],
    );
    expect(changed.map(([, value]) => value)).toEqual([figure]);
  });

  it.each(["many", "1.5", "-1", "1e12", " "])("must be whole numbers within bounds: not %j", (text) => {
    for (const variable of Object.keys(usual))
      expect(() => loadConfig({ [variable]: text })).toThrow(new RegExp(`^${variable} must be `));
  });

  it("let one connection have no more unread than all together", () => {
    const [one, all] = [String(8 * 2 ** 20), String(7 * 2 ** 20)];
    const wrong = { LIMIT_UNREAD_PER_CONNECTION: one, LIMIT_UNREAD: all };
    expect(() => loadConfig(wrong)).toThrow("LIMIT_UNREAD must be at least LIMIT_UNREAD_PER_CONNECTION");
    expect(() => loadConfig({ LIMIT_UNREAD: all })).toThrow("LIMIT_UNREAD must be at least");
    expect(loadConfig({ ...wrong, LIMIT_UNREAD: one }).limits.unread).toBe(8 * 2 ** 20);
  });

  it("let no document be so long that reading it takes more stack than there is", () => {
    expect(() => loadConfig({ LIMIT_TOKENS: "4001" })).toThrow("LIMIT_TOKENS must be at most 4000");
  });
});
