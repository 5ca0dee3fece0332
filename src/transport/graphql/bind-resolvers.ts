import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { getMetadataStorage, type MiddlewareFn, type ResolverData } from "type-graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { ensureCarriedOut, ensureReadable, type NarrowTypes } from "./carried-out";

type Storage = ReturnType<typeof getMetadataStorage>;
type Handler = Storage["queries"][number] | Storage["fieldResolvers"][number];
type Parameter = NonNullable<Handler["params"]>[number];
type Data = ResolverData<GraphqlContext>;
type Method = (...parameters: unknown[]) => unknown;
type Class = Handler["target"];

/**
 * Puts in place of TypeGraphQL's interpreters what they interpret: each field calls its resolver's method by itself, with
 * the parameters and behind the middlewares that the decorators name, and a field without a method is the property of
 * its name. Rows and inputs are handed on as they are, not copied into instances (ADR 0002, ADR 0022). A decorator that this
 * does not know keeps the server from starting, and so does a field that could be undefined where only the requested columns of
 * its row are read.
 */
export function bindResolvers(schema: GraphQLSchema, narrowTypes: NarrowTypes = {}): void {
  const storage = getMetadataStorage();
  ensureCarriedOut(storage);
  const instances = new Map<Class, Record<string, Method>>();
  const instanceOf = (target: Class) => {
    const instance =
      instances.get(target) ?? (new (target as unknown as new () => object)() as Record<string, Method>);
    instances.set(target, instance);
    return instance;
  };
  const use = (field: Pick<GraphQLField<unknown, GraphqlContext>, "resolve">, handler: Handler) => {
    field.resolve = resolverOf(handler, instanceOf(handler.target));
  };
  const roots = [
    [schema.getQueryType(), storage.queries],
    [schema.getMutationType(), storage.mutations],
    [schema.getSubscriptionType(), storage.subscriptions],
  ] as const;
  for (const [root, handlers] of roots)
    for (const field of Object.values(root?.getFields() ?? {}))
      use(
        field,
        found(handlers, ({ schemaName }) => schemaName === field.name, field.name),
      );
  const rootTypes = new Set(roots.map(([root]) => root));
  for (const { name, resolveType } of storage.interfaceTypes) {
    const type = schema.getType(name);
    // TypeGraphQL's own makes a promise of a name that is known at once.
    if (isInterfaceType(type)) type.resolveType = resolveType as typeof type.resolveType;
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || rootTypes.has(type)) continue;
    const classes = classesOf(storage, type);
    for (const field of Object.values(type.getFields())) {
      const isIts = ({ schemaName, target }: Storage["fields"][number]) =>
        schemaName === field.name && classes.has(target);
      // A field that is nothing but a resolver's method has no property.
      const { name = field.name, middlewares = [] } = storage.fields.find(isIts) ?? {};
      const resolves = ({ methodName, getObjectType }: Storage["fieldResolvers"][number]) =>
        methodName === name && classes.has(getObjectType?.() as Class);
      const handler = storage.fieldResolvers.find(resolves);
      ensureReadable(narrowTypes[type.name], `${type.name}.${field.name}`, handler ? undefined : name);
      if (handler) use(field, handler);
      else if (middlewares.length > 0) throw new Error(`The property ${name} has a middleware.`);
      else if (name === field.name) field.resolve = undefined;
      else field.resolve = (root: Record<string, unknown>) => root[name];
    }
  }
}

function found<T>(all: T[], isIt: (each: T) => boolean, name: string): T {
  const it = all.find(isIt);
  if (!it) throw new Error(`No resolver is known for the field ${name}.`);
  return it;
}

/** The class of a type, what it extends, and the interfaces that it takes fields from. */
function classesOf(storage: Storage, type: GraphQLObjectType): Set<Class> {
  const { target, interfaceClasses = [] } = found(
    storage.objectTypes,
    ({ name }) => name === type.name,
    type.name,
  );
  const classes = new Set<Class>();
  for (const each of [target, ...interfaceClasses])
    for (let one: Class | null = each; one?.prototype; one = Object.getPrototypeOf(one) as Class | null)
      classes.add(one);
  return classes;
}

function resolverOf(
  { methodName, params = [], middlewares = [] }: Handler,
  instance: Record<string, Method>,
): GraphQLFieldResolver<unknown, GraphqlContext> {
  const method = instance[methodName]?.bind(instance);
  if (!method) throw new Error(`There is no method ${methodName}.`);
  const parameters = [...params].sort((a, b) => a.index - b.index).map(readerOf);
  const call = (data: Data): unknown => method(...parameters.map((read) => read(data)));
  const resolve = (middlewares as MiddlewareFn<GraphqlContext>[]).reduceRight(
    (next, middleware) => (data: Data) => middleware(data, async () => next(data)) as unknown,
    call,
  );
  return (root, args: Data["args"], context, info) => resolve({ root, args, context, info });
}

function readerOf(parameter: Parameter): (data: Data) => unknown {
  if ("propertyName" in parameter && parameter.propertyName) throw notKnown(parameter);
  if ("validateFn" in parameter && (parameter.validateFn || parameter.validateSettings))
    throw new Error(
      `Validation of a parameter of ${parameter.methodName} is not carried out here: use FieldChecks.`,
    );
  switch (parameter.kind) {
    case "root":
      return ({ root }) => root as unknown;
    case "args":
      return ({ args }) => args;
    case "arg":
      return ({ args }) => args[parameter.name] as unknown;
    case "context":
      return ({ context }) => context;
    case "info":
      return ({ info }) => info;
    case "custom":
    case "pubSub":
      throw notKnown(parameter);
  }
}

function notKnown({ kind, methodName }: Parameter): Error {
  return new Error(`A parameter of ${methodName} is of a kind that is not known here: ${kind}.`);
}
