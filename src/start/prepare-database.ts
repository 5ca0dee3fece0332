import type { Config } from "../config/config";
import { missesRight, unusableDatabase } from "../database/unusable-database";
import { fillDemo } from "../demo";
import { StartRefused } from "../errors/start-refused";
import { isSecretsKeyOf } from "../webhooks";
import type { IpcChannel } from "../cluster/ipc-channel";
import { warnOfDatabaseServerLimits } from "../database/database-server-limits";
import { makeUseCaseContext } from "../transport/graphql/context";
import type { Services } from "../transport/services";

const OTHER_KEY =
  "The webhook secrets in this database are sealed with another key. Set SECRETS_KEY to the key that the servers had before; " +
  "where that is lost, run: partnergraph admin adopt-secrets-key";
const OTHER_KEY_IN_FOLDER =
  "the webhook secrets in this database are sealed with another key than the one in DATA_DIR; webhooks that were registered with that key are not delivered. Set SECRETS_KEY or DATA_DIR as it was before";

/** How long a start waits for another process that holds the database, in milliseconds: its operator wants to know soon. */
const MAX_WAIT_MS = 5_000;

/**
 * Does what a server does in its database before it serves: looks whether its limits suffice and SECRETS_KEY is the right one, and fills
 * the demo in where that is wanted.
 * @throws StartRefused SECRETS_KEY is not the key of this database
 * @throws DatabaseUnavailable the database or this user's rights in it do not suffice
 */
export async function prepareDatabase(
  config: Config,
  services: Services,
  primary: IpcChannel | undefined,
): Promise<void> {
  const { database, log } = services;
  try {
    await checkRights(services);
    await warnOfDatabaseServerLimits(config, database, log, primary);
    await checkSecretsKey(config, services);
    const demo = makeUseCaseContext(services, { kind: "SYSTEM" }, "demo", MAX_WAIT_MS);
    if (config.demo && (await fillDemo(demo))) log.info("filled the empty database with the demo");
  } catch (error) {
    throw unusableDatabase(error, config.database) ?? error;
  }
}

/** Statements that change nothing, and that a user who may not write is refused. */
const WRITES = [
  "INSERT INTO idempotency_record SELECT * FROM idempotency_record WHERE 1 = 0",
  "UPDATE idempotency_record SET operation = operation WHERE 1 = 0",
  "DELETE FROM idempotency_record WHERE 1 = 0",
];

/** Whether the user may write. Where the server only reads for a time, a start may still serve reads. */
async function checkRights(services: Services): Promise<void> {
  if (services.database.family !== "mysql") return;
  const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, "rights", MAX_WAIT_MS);
  try {
    await ctx.transaction(async (tx) => {
      for (const statement of WRITES) await tx.execute(statement);
    });
  } catch (error) {
    if (missesRight(error)) throw error;
  }
}

/** A key that nobody set, but was made in a data folder, may well be another one: then only a warning is due. */
async function checkSecretsKey({ webhooks }: Config, services: Services): Promise<void> {
  const { secretBox } = services.webhooks;
  if (!secretBox) return;
  const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, "secrets-key", MAX_WAIT_MS);
  if (await isSecretsKeyOf(ctx, secretBox)) return;
  if (webhooks.secretsKey) throw new StartRefused(OTHER_KEY);
  services.log.warn(OTHER_KEY_IN_FOLDER);
}
