import {
  getNamedType,
  getNullableType,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import type { RootField } from "./documents";

/** What a caller can point at a row with: an argument or input field that bears an id, token, cursor or search text. */
export interface IdParameter {
  field: RootField;
  /** Where it stands among the variables. */
  path: string[];
  isList: boolean;
  /** Which kinds of value belong there, judged by its name; the first one fits best. */
  kinds: ValueKind[];
  /** Whether a caller writes here a key of its own, which names nobody's row. */
  isOwnKey: boolean;
  /**
   * Whether a value here filters its caller's own stream and is kept in a row of the caller's own: it is taken whatever it
   * names, and matches nothing where the stream does not speak of it.
   */
  isOwnFilter: boolean;
}

/** A sort of value that can point at a row. */
export type ValueKind =
  | "partner"
  | "partnership"
  | "user"
  | "customer"
  | "invitation"
  | "relationship"
  | "offer"
  | "subscription"
  | "event"
  | "apiKey"
  | "activity"
  | "webhookEndpoint"
  | "webhookDelivery"
  | "tenant"
  | "catalog"
  | "token"
  | "cursor"
  | "text";

const ID_KINDS: ValueKind[] = [
  "partner",
  "customer",
  "invitation",
  "relationship",
  "subscription",
  "user",
  "apiKey",
  "activity",
  "event",
  "partnership",
  "webhookEndpoint",
  "webhookDelivery",
  "tenant",
];

/** Which kind a name speaks of; the first pattern that fits is taken, and without one every kind of id is tried. */
const SPOKEN_OF: [RegExp, ValueKind][] = [
  [/idempotency/i, "text"],
  [/token/i, "token"],
  [/^(after|before)$|cursor/i, "cursor"],
  [/tenant/i, "tenant"],
  [/(provider|reseller|partner)Id$/i, "partner"],
  [/endpoint/i, "webhookEndpoint"],
  [/delivery/i, "webhookDelivery"],
  [/catalog/i, "catalog"],
  [/offer/i, "offer"],
  [/subscription/i, "subscription"],
  [/customer/i, "customer"],
  [/invitation/i, "invitation"],
  [/relationship/i, "relationship"],
  [/key/i, "apiKey"],
  [/user|actor/i, "user"],
  [/activity/i, "activity"],
];

/** The slots of a root field, nested ones too. */
export function idParametersOf(field: RootField): IdParameter[] {
  const found: IdParameter[] = [];
  const visit = (type: GraphQLInputType, path: string[], holder: string) => {
    const named = getNamedType(type);
    if (isInputObjectType(named)) {
      for (const inner of Object.values(named.getFields()))
        visit(inner.type, [...path, inner.name], named.name);
      return;
    }
    const name = path[path.length - 1] ?? "";
    if (named.name !== "ID" && !(named.name === "String" && pointsAtRows(field, name))) return;
    const isId = named.name === "ID";
    const isOwnKey = /idempotency/i.test(name);
    const isOwnFilter = name === "customerId" && /^(create|update)WebhookEndpoint$/.test(field.name);
    const isList = isListType(getNullableType(type));
    found.push({ field, path, isList, kinds: kindsOf(name, holder, isId), isOwnKey, isOwnFilter });
  };
  for (const arg of field.args) visit(arg.type, [arg.name], field.name);
  for (const { variable, type, name } of field.nested) visit(type, [variable], name);
  return found;
}

/** A query looks for whatever text it takes; a mutation writes most texts and looks for few. */
function pointsAtRows(field: RootField, name: string): boolean {
  return field.operation !== "mutation" || /token|cursor|^(after|before)$|idempotency|Id$/i.test(name);
}

function kindsOf(name: string, holder: string, isId: boolean): ValueKind[] {
  const plain = name.slice(name.lastIndexOf("_") + 1);
  const spoken = plain === "id" ? [holder] : [plain, ...(plain.includes("resource") ? [holder] : [])];
  const hit = spoken.map((word) => SPOKEN_OF.find(([pattern]) => pattern.test(word))?.[1]).find(Boolean);
  if (!isId) return hit === "token" || hit === "cursor" ? [hit] : ["text"];
  if (!hit) return ID_KINDS;
  return [hit, ...ID_KINDS.filter((kind) => kind !== hit)];
}

/** How a slot is called in messages. */
export function idParameterName({ field, path }: IdParameter): string {
  return `${field.operation} ${field.name}(${path.join(".")})`;
}

/** Gives an id for a slot that must be filled, though it is not the one that is probed. */
export type FillId = (kinds: ValueKind[], name: string) => string;

/** What a lean input has though no type says so: without it there would be nothing to do, and no row looked for. */
const NEEDED_PART: Record<string, string> = { ChangeSubscriptionInput: "friendlyName" };

let made = 0;

/**
 * Values for a root field's variables, made from their types: `lean` those that are required, `full` the others too.
 * Ids are left out unless they are required.
 */
export function variablesFor(
  field: RootField,
  shape: "lean" | "full",
  fillId: FillId,
): Record<string, unknown> {
  made++;
  const valueOf = (type: GraphQLInputType, name: string, holder: string): unknown => {
    const inner = getNullableType(type);
    if (isListType(inner)) return [valueOf(inner.ofType, name, holder)];
    const named = getNamedType(inner);
    if (isInputObjectType(named)) {
      return Object.fromEntries(
        Object.values(named.getFields())
          .filter(
            (part) =>
              isNonNullType(part.type) ||
              (shape === "full" && isHarmless(part)) ||
              NEEDED_PART[named.name] === part.name,
          )
          .map((part) => [part.name, valueOf(part.type, part.name, named.name)]),
      );
    }
    if (isEnumType(named)) return named.getValues()[0]?.name;
    // Nobody's row has it: whoever reaches a row that it may not change would be told so.
    if (name === "expectedVersion") return 999_999;
    if (named.name === "ID") return fillId(kindsOf(name, holder, true), name);
    return scalarFor(named.name, name, () => fillId(kindsOf(name, holder, false), name));
  };
  return Object.fromEntries(
    field.args
      .filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)
      .map((arg) => [arg.name, valueOf(arg.type, arg.name, field.name)]),
  );
}

/** What may be filled without pointing at a row or at a state of one. */
function isHarmless(part: GraphQLInputField): boolean {
  return getNamedType(part.type).name !== "ID" && !/idempotency|token|expires/i.test(part.name);
}

const TEXTS: [RegExp, (n: number) => string][] = [
  [/email/i, (n) => `someone-${n}@elsewhere.example`],
  [/domain/i, (n) => `made-up-${n}.example`],
  [/country/i, () => "US"],
  [/phone/i, () => "+14255550100"],
  [/registrationNumber/i, () => "1234567890"],
  [/body/i, () => "Come: {{link}}"],
  [/^url$/i, (n) => `http://127.0.0.1:9/made-up-${n}`],
  [/^secret$/i, () => `whsec_${Buffer.alloc(32, 7).toString("base64")}`],
  [/permission/i, () => "customer.read"],
  [/duration/i, () => "P1Y"],
];

function scalarFor(type: string, name: string, token: () => string): unknown {
  switch (type) {
    case "Int":
    case "Float":
      return 1;
    case "Boolean":
      return false;
    case "DateTime":
      return new Date(Date.now() + 20 * 86_400_000).toISOString();
    default:
      if (/token|cursor|^(after|before)$/i.test(name)) return token();
      return TEXTS.find(([pattern]) => pattern.test(name))?.[1](made) ?? `Made up ${made}`;
  }
}

/** The same variables with one value put where a slot is. */
export function withValue(
  variables: Record<string, unknown>,
  idParameter: IdParameter,
  value: string,
): Record<string, unknown> {
  const copy = structuredClone(variables);
  let place = copy;
  for (const step of idParameter.path.slice(0, -1)) place = (place[step] ??= {}) as Record<string, unknown>;
  place[idParameter.path[idParameter.path.length - 1] ?? ""] = idParameter.isList ? [value] : value;
  return copy;
}
