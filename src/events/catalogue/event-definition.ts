import type { Permission } from "../../access/permissions";

/** The scalars of the schema that a payload field may have. */
export type PayloadScalar = "ID" | "String" | "Int" | "Boolean" | "DateTime";

/** One field of an event's payload. Its TypeScript type, its field in the schema and its documentation are derived from it. */
export interface PayloadField {
  /** A scalar, or an enum of the entities that the schema shows. */
  type: PayloadScalar | Readonly<Record<string, string>>;
  /** Whether it is a list of values. False when absent. */
  list?: boolean;
  /** Whether it can be null when the event is recorded. False when absent. */
  nullable?: boolean;
  /** For the schema and docs/events.md. */
  meaning: string;
  /** Its name in the schema, where it differs because another event's field of that name has another type. */
  graphqlName?: string;
  /** What a reader needs besides the right to read events; for others the field is null (see visibleEvent). */
  permission?: Permission;
  /** Another field of the payload: the id of the only organization that reads this one. */
  onlyFor?: string;
}

/** A payload's fields by their names. */
export type PayloadFields = Readonly<Record<string, PayloadField>>;

type ItemOf<Type> = Type extends "Int"
  ? number
  : Type extends "Boolean"
    ? boolean
    : Type extends string
      ? string
      : `${Type[keyof Type] & string}`;

type ValueOf<Field extends PayloadField> =
  | (Field["list"] extends true ? ItemOf<Field["type"]>[] : ItemOf<Field["type"]>)
  | (Field["nullable"] extends true ? null : never);

/** The TypeScript type of a payload with these fields. */
export type PayloadOf<Fields extends PayloadFields> = {
  -readonly [Name in keyof Fields]: ValueOf<Fields[Name]>;
};

/** The audience of what concerns one organization alone: the use case that records the event names it. */
export const OWN_ORGANIZATION = "OWN_ORGANIZATION";

/** Who gets an event: the organizations whose ids are in these fields of its payload, or one organization alone. */
export type Audience = readonly string[] | typeof OWN_ORGANIZATION;

/** What events have in common: one interface in the schema, whose fields are in the payload of each of them. */
export interface EventSubject {
  /** The name of the interface in the schema. */
  interfaceName: string;
  /** For the schema. */
  description: string;
  payload: PayloadFields;
}

/** What an area says of one type of event; what is absent is as in `defineEvents`. */
export interface EventDetails {
  /** What happened, for the schema and docs/events.md. */
  meaning: string;
  /** Fields that its payload has besides those of its subject. */
  payload?: PayloadFields;
  audience?: Audience;
  /** 1, 2, 3 …: raised when a field changes its meaning or is removed, not when one is added. 1 when absent. */
  version?: number;
  /** The webhook events of the real Partner Center that tell the same (docs/sources.md, webhooks). None when absent. */
  realNames?: readonly string[];
  /** Whether somebody of the organization may use more or less than before, or nothing any more. */
  changesRights?: boolean;
}

/** All that the catalogue says of one type of event. */
export interface EventDefinition {
  subject: EventSubject;
  meaning: string;
  /** All fields of its payload, its subject's first. */
  payload: PayloadFields;
  audience: Audience;
  version: number;
  realNames: readonly string[];
  changesRights: boolean;
}

type OwnFields<Details> = Details extends { payload: infer Own extends PayloadFields } ? Own : unknown;
type AudienceOf<Details, Default> = Details extends { audience: infer Own extends Audience } ? Own : Default;

/** An event's definition with the types of its payload and audience. */
export interface Defined<Name extends string, Fields, To> extends EventDefinition {
  subject: EventSubject & { interfaceName: Name };
  payload: PayloadFields & Fields;
  audience: Audience & To;
}

/** An audience names fields of the payload that there are. */
type AudienceIn<Fields> = readonly (keyof Fields & string)[] | typeof OWN_ORGANIZATION;

/** So does a field that only one organization reads. */
type ReadersIn<Some, Fields> = { readonly [Name in keyof Some]: { onlyFor?: keyof Fields & string } };

/** What an event says, checked against the fields that it has: it repeats none of its subject's. */
interface DetailsIn<Shared, Own> {
  payload?: ReadersIn<Own, Shared & Own> & { readonly [Name in keyof Shared]?: never };
  audience?: AudienceIn<Shared & Own>;
}

/**
 * Defines the events about one subject.
 * @param subject their interface in the schema, the fields that all of them have, and what they have in common unless one says otherwise
 * @param events what is said of each, by its type: `area.verb` in the past tense
 */
export function defineEvents<
  const Name extends string,
  const Fields extends PayloadFields,
  const To extends Audience,
  const Events extends Readonly<Record<string, EventDetails>>,
>(
  subject: {
    interfaceName: Name;
    description: string;
    payload: Fields & ReadersIn<Fields, Fields>;
    audience: To & AudienceIn<Fields>;
    realNames?: readonly string[];
    changesRights?: boolean;
  },
  events: Events & { readonly [Type in keyof Events]: DetailsIn<Fields, OwnFields<Events[Type]>> },
): { [Type in keyof Events]: Defined<Name, Fields & OwnFields<Events[Type]>, AudienceOf<Events[Type], To>> } {
  const { audience, realNames = [], changesRights = false, ...shared } = subject;
  const inCommon = { subject: shared, audience, version: 1, realNames, changesRights };
  const defined = Object.entries<EventDetails>(events).map(([type, { payload = {}, ...details }]) => {
    const all: PayloadFields = { ...subject.payload, ...payload };
    return [type, { ...inCommon, ...details, payload: all }];
  });
  return Object.fromEntries(defined) as never;
}

/** Whether not every reader of an event may have a field of it. */
export function isRestricted({ permission, onlyFor }: PayloadField): boolean {
  return permission !== undefined || onlyFor !== undefined;
}

/** A field's meaning with who may read it, where that is not every reader of the event. */
export function meaningWithReaders({ meaning, permission, onlyFor }: PayloadField): string {
  if (permission) return `${meaning} Null without the permission \`${permission}\`, and in webhooks.`;
  return onlyFor ? `${meaning} Null for every organization but the one of \`${onlyFor}\`.` : meaning;
}
