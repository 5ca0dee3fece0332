import type { Database } from "../../src/database/database";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import type { TestContext } from "../support/test-context";
import type { PreparedCall } from "./every-mutation";
import { makeGate } from "./gate";

/** How long a call may be held, in milliseconds. */
const MAX_HOLD_MS = 100_000;

/** A call in a transaction that has done everything but its COMMIT. */
export interface HeldCall {
  /** The id of its connection, as the database server has it; 0 until it is held. */
  readonly connectionId: number;
  /** Resolves when it is held; rejected when it failed before. */
  readonly isHeld: Promise<unknown>;
  /** Lets it commit; resolves when it has. */
  commit(): Promise<void>;
  /** Has it rolled back instead. */
  rollBack(): Promise<void>;
}

class RolledBack extends Error {}

/** Begins a call, and holds its transaction just before COMMIT, when it has every lock that it ever has. */
export function holdCall(testContext: TestContext, { actor, call }: PreparedCall): HeldCall {
  const [reached, released] = [makeGate(), makeGate()];
  let connectionId = 0;
  let isUndone = false;
  const database = Object.create(testContext.database) as Database;
  database.transact = (work, turn) =>
    testContext.database.transact(async (connection) => {
      const [row] = await connection.rows<{ id: number }>("SELECT CONNECTION_ID() AS id", []);
      connectionId = Number(row?.id);
      const result = await work(connection);
      reached.open();
      await released.passed;
      if (isUndone) throw new RolledBack();
      return result;
    }, turn);
  const over = call(makeUseCaseContext({ ...testContext.services, database }, actor, "held", MAX_HOLD_MS));
  const isHeld = Promise.race([reached.passed, over]);
  isHeld.catch(() => undefined);
  return {
    get connectionId() {
      return connectionId;
    },
    isHeld,
    commit: async () => {
      released.open();
      await over;
    },
    rollBack: async () => {
      isUndone = true;
      released.open();
      await over.catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    },
  };
}
