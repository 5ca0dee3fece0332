import type { Area, LoaderMakers, MadeBy, NodeLookup } from "./area";
import { AuditedRows } from "./activity/audited-rows";
import { catalog } from "./catalog/area";
import { customers } from "./customers/area";
import { identity } from "./identity/area";
import { invitations } from "./invitations/area";
import { organizations } from "./organizations/area";
import { partners } from "./partners/area";
import { relationships } from "./relationships/area";
import { subscriptions } from "./subscriptions/area";
import type { Contributions } from "./unit-of-work/contributions";
import type { UseCaseContext } from "./unit-of-work/use-case-context";
import { prefixOfId } from "./values/ids";
import { webhooks } from "./webhooks/area";

/** All areas. What a purchase must fulfil is looked at in this order. */
const listed = {
  organizations,
  partners,
  customers,
  relationships,
  catalog,
  subscriptions,
  invitations,
  identity,
  webhooks,
};

/** All areas, by their names. */
export const areas: Readonly<Record<keyof typeof listed, Area>> = listed;

const all: readonly Area[] = Object.values(areas);

/** Everything that the areas contribute of one kind. */
export function contributed<Kind extends Exclude<keyof Area, "entities" | "readBy" | "loaders" | "nodes">>(
  kind: Kind,
): NonNullable<Area[Kind]> {
  return all.flatMap((area): readonly unknown[] => area[kind] ?? []) as never;
}

/** What use cases and mechanisms get of areas that they do not know. */
export const contributions: Contributions = {
  auditedRows: new AuditedRows(contributed("auditedRows")),
  removalBlockers: contributed("removalBlockers"),
  purchaseRequirements: contributed("purchaseRequirements"),
};

type Listed = typeof listed;
type MakersOf<Name extends keyof Listed> = Listed[Name] extends Area<infer Makers> ? Makers : never;
type Union = { [Name in keyof Listed]: MadeBy<MakersOf<Name>> }[keyof Listed];
type Intersection<Types> = (Types extends unknown ? (type: Types) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** The loaders that other loaders ask for. */
type Needed = Intersection<
  {
    [Name in keyof Listed]: {
      [Maker in keyof MakersOf<Name>]: Parameters<MakersOf<Name>[Maker]>[1] & object;
    }[keyof MakersOf<Name>];
  }[keyof Listed]
>;

/** The loaders of one request; each is made when it is first asked for. */
export type Loaders = Intersection<Union>;

const makers: [string, LoaderMakers[string]][] = all.flatMap(({ loaders }) => Object.entries(loaders));

/** A request's loaders. Getters of the class make them, so a request pays for those alone that it asks for. */
class RequestLoaders {
  readonly made: Record<string, object> = {};

  constructor(readonly ctx: UseCaseContext) {}
}

for (const [name, make] of makers) {
  if (name in RequestLoaders.prototype) throw new Error(`two areas have a loader with the name ${name}`);
  Object.defineProperty(RequestLoaders.prototype, name, {
    get(this: RequestLoaders) {
      return (this.made[name] ??= make(this.ctx, this as never));
    },
  });
}

/** Makes the loaders of one request. Rows found by them are seen by nobody else, and forgotten with the request. */
export function makeLoaders(ctx: UseCaseContext): Loaders {
  const loaders = new RequestLoaders(ctx) as unknown as Loaders;
  // Does not compile where a loader needs another one that no area has.
  return loaders satisfies Needed;
}

const lookups = new Map<string, NodeLookup<Loaders>>(
  all.flatMap(({ nodes = [] }) => nodes.map((node) => [node.of.ids.prefix, node as never] as const)),
);

/** What finds the object of a well-formed id; undefined where no object has such an id, or none that is found by it. */
export function nodeLookup(id: string): NodeLookup<Loaders> | undefined {
  return lookups.get(prefixOfId(id) ?? "");
}
