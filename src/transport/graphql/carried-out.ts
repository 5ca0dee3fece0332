import type { buildSchemaSync, getMetadataStorage } from "type-graphql";
import type { ReadableFields } from "../../database/projections";

type Storage = ReturnType<typeof getMetadataStorage>;

/** What can be read of rows that are read in part, by the GraphQL type that they are behind. */
export type NarrowTypes = Readonly<Record<string, ReadableFields>>;

/** The options of TypeGraphQL that are carried out: those that its generator goes by, not its interpreters. */
const OPTIONS = ["resolvers", "orphanedTypes", "validate", "skipCheck", "pubSub"] as const;

/** Options of TypeGraphQL that hold here. */
export type CarriedOutOptions = Pick<Parameters<typeof buildSchemaSync>[0], (typeof OPTIONS)[number]>;

/**
 * Refuses options that TypeGraphQL's interpreters would obey and the bindings do not, such as `authChecker` and `globalMiddlewares`.
 * @throws Error naming the option
 */
export function ensureOptionsCarriedOut(options: CarriedOutOptions): void {
  const known: readonly string[] = OPTIONS;
  const [first] = Object.keys(options).filter((option) => !known.includes(option));
  if (first) throw new Error(`The option ${first} is not carried out here: the bindings do not know it.`);
  if (options.validate !== false)
    throw new Error(
      "The option validate is not carried out here: use cases check their input (FieldChecks).",
    );
}

/**
 * Refuses decorators that TypeGraphQL's interpreters would obey and these bindings do not.
 * @throws Error naming the decorator and where it stands
 */
export function ensureCarriedOut(
  storage: Pick<Storage, "authorizedFields" | "authorizedResolver" | "resolverMiddlewares">,
): void {
  const [first] = [
    ...storage.authorizedFields.map(({ target, fieldName }) => `@Authorized on ${target.name}.${fieldName}`),
    ...storage.authorizedResolver.map(({ target }) => `@Authorized on ${target.name}`),
    ...storage.resolverMiddlewares.map(({ target }) => `@UseMiddleware on ${target.name}`),
  ];
  if (first)
    throw new Error(
      `${first} is not carried out here: say who may by @Allow or @Mutates, on the root field.`,
    );
}

/**
 * Makes sure that reading only the requested columns reads what a field is made of.
 * @param property the row's property that the field is; undefined where a method computes it
 * @throws Error saying what to declare
 */
export function ensureReadable(
  readable: ReadableFields | undefined,
  path: string,
  property: string | undefined,
): void {
  if (!readable) return;
  const [, field = ""] = path.split(".");
  const madeOf = Object.hasOwn(readable.computed, field) ? readable.computed[field] : undefined;
  if (property === undefined && !madeOf)
    throw new Error(`${path} is computed: declare in its columnsReader which properties it is made of.`);
  const isRead = madeOf ? madeOf.includes(property ?? "") : property === field;
  if (property !== undefined && !(isRead && readable.properties().includes(property)))
    throw new Error(
      `${path} is the property ${property}, which is not read for it: declare it in its columnsReader.`,
    );
}
