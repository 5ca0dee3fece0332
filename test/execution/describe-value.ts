import { GraphQLError } from "graphql";

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that stands for an object's identity for as long as the process runs. */
export function identityOf(object: object): number {
  const known = ids.get(object);
  if (known !== undefined) return known;
  ids.set(object, ++lastId);
  return lastId;
}

/**
 * Writes a value so that two values have the same text only if a resolver could not tell them apart: own keys in order,
 * `undefined` and `null` apart from absence, and the prototypes of objects.
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return `[${value.map(describeValue).join(",")}]`;
  const keys = Reflect.ownKeys(value).map(
    (key) => `${String(key)}:${describeValue((value as Record<PropertyKey, unknown>)[key])}`,
  );
  return `${prototypeName(value)}{${keys.join(",")}}`;
}

/** Writes a value as `describeValue` does, but without the order of keys and the prototypes of objects. */
export function describeContents(value: unknown): string {
  if (typeof value !== "object" || value === null) return describeValue(value);
  if (Array.isArray(value)) return `[${value.map(describeContents).join(",")}]`;
  const texts = Object.entries(value).map(([key, inner]) => `${key}:${describeContents(inner)}`);
  return `{${texts.sort().join(",")}}`;
}

function prototypeName(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return "null";
  if (prototype === Object.prototype) return "";
  // What a key called `__proto__` made of it.
  if (!Object.hasOwn(prototype, "constructor")) return `<${describeValue(prototype)}>`;
  return String((prototype as { constructor: { name?: string } }).constructor.name);
}

const origins = new WeakMap<object, string>();

/** Notes where an error of a resolver came from, and returns it. */
export function withOrigin<T>(error: T, origin: string): T {
  if (typeof error === "object" && error !== null) origins.set(error, origin);
  return error;
}

/** Everything that can be seen of an error in an execution result, apart from its stack. */
export interface DescribedError {
  message: string;
  path: string;
  locations: string;
  /** Class, extensions, nodes, positions, original error and JSON. */
  rest: string;
}

/** Describes an error of an execution result. */
export function describeError(error: GraphQLError): DescribedError {
  const { message, path, locations, nodes, positions, source, extensions, originalError } = error;
  const rest = [
    (error as Error).constructor.name,
    error instanceof GraphQLError,
    originOf(error),
    describeValue(extensions),
    nodes?.map(identityOf).join() ?? "no nodes",
    positions?.join() ?? "no positions",
    source?.name ?? "no source",
    originalError ? originOf(originalError) : "no original error",
    JSON.stringify(error),
  ];
  return {
    message,
    path: JSON.stringify(path),
    locations: JSON.stringify(locations),
    rest: rest.join(" | "),
  };
}

function originOf(error: Error): string {
  return origins.get(error) ?? `${error.constructor.name}: ${error.message}`;
}
