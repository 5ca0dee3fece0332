import { getNamedType, isAbstractType } from "graphql";
import type { Permission } from "../../src/access/permissions";
import { allRootFields } from "./documents";
import type { Marks } from "./canaries";
import type { Rules } from "./rules";
import { idsIn } from "./snapshot";

/** Who reads an answer. */
export interface Reader {
  /** Its organization by the name that the marks know it by, and by id; neither for an anonymous caller. */
  organization: string;
  organizationId: string;
  permissions: ReadonlySet<Permission>;
  /** Its own user or key, which it may always see. */
  selfId?: string;
}

/**
 * What it takes to see an object of a type: the permission of the query that gives it. A subscription shows what it
 * was bought from to whoever may see it, and partners are known by name to those who deal with them.
 */
const PERMISSION_OF_TYPE = new Map(
  allRootFields
    .filter(({ operation, type }) => operation === "query" && !isAbstractType(getNamedType(type)))
    .map(({ type, permission }) => [
      getNamedType(type).name.replace(/Connection$/, ""),
      permission as Permission,
    ])
    .filter(([name]) => name !== "Offer") as [string, Permission][],
);

/** Fields that take a permission of their own. */
const PERMISSION_OF_FIELD: Record<string, Permission> = { "Viewer.newestEventCursor": "event.read" };

/** Judges answers by the marks and ids in them. */
export class Oracle {
  constructor(
    private readonly canaries: Marks,
    private readonly rules: Rules,
    /** What each organization has sent so far: its own activity log may say it again. */
    private readonly sentBy: Map<string, Set<string>>,
  ) {}

  /** Notes the ids that an organization sends. */
  tell(organizationId: string, text: string): void {
    const known = this.sentBy.get(organizationId) ?? new Set();
    for (const id of idsIn(text)) known.add(id);
    this.sentBy.set(organizationId, known);
  }

  /** Everything in an answer that its reader may not have; `sent` is what it knew before. */
  faults(text: string, reader: Reader, sent = ""): string[] {
    const opened = `${text} ${cursorsIn(text)}`;
    const leaks = this.canaries
      .leaksIn(opened, reader.organization)
      .filter((canary) => !sent.toLowerCase().includes(canary.text.toLowerCase()))
      .map((canary) => `${canary.owner}'s ${canary.place}`);
    const strangers = [...new Set(idsIn(opened))]
      .filter(
        (id) =>
          !sent.includes(id) &&
          !this.sentBy.get(reader.organizationId)?.has(id) &&
          this.rules.knows(id) &&
          !this.rules.mayMeet(reader.organizationId, id),
      )
      .map((id) => `the id ${id}`);
    return [...leaks, ...strangers, ...this.objects(JSON.parse(text), reader)];
  }

  /** Pages that are whole and yet count more or fewer than they show. */
  miscounts(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap((one) => this.miscounts(one));
    if (value === null || typeof value !== "object") return [];
    const page = value as {
      totalCount?: number;
      nodes?: unknown[];
      pageInfo?: Record<string, unknown>;
      __typename?: string;
    };
    const within = Object.values(value).flatMap((one) => this.miscounts(one));
    const isWhole =
      page.pageInfo && page.pageInfo.hasNextPage === false && page.pageInfo.hasPreviousPage === false;
    const shown = page.nodes?.length;
    if (!isWhole || shown === undefined || page.totalCount === undefined || page.totalCount === shown)
      return within;
    return [`a ${page.__typename} that counts ${page.totalCount} and shows ${shown}`, ...within];
  }

  /** Objects that the reader's organization or its permissions do not open to it. */
  private objects(value: unknown, reader: Reader): string[] {
    if (Array.isArray(value)) return value.flatMap((one) => this.objects(one, reader));
    if (value === null || typeof value !== "object") return [];
    const object = value as Record<string, unknown>;
    const within = Object.values(object).flatMap((one) => this.objects(one, reader));
    const type = object.__typename as string | undefined;
    if (!type) return within;
    const id = typeof object.id === "string" ? object.id : undefined;
    const isSelf = id !== undefined && id === reader.selfId;
    const needed = PERMISSION_OF_TYPE.get(type);
    const mine = [
      needed && !isSelf && !reader.permissions.has(needed) && `a ${type} without ${needed}`,
      id &&
        this.rules.knows(id) &&
        type !== "ReceivedInvitation" &&
        !this.rules.maySee(reader.organizationId, id) &&
        `the ${type} ${id}`,
      ...Object.keys(object).map((name) => this.field(type, name, object[name], reader)),
    ];
    return [...mine.filter((fault) => typeof fault === "string" && fault !== ""), ...within] as string[];
  }

  private field(type: string, name: string, value: unknown, reader: Reader): string | undefined {
    const needed = PERMISSION_OF_FIELD[`${type}.${name}`];
    return needed && value !== null && !reader.permissions.has(needed)
      ? `${type}.${name} without ${needed}`
      : undefined;
  }
}

/** Cursors are opaque to people and not to us: what they hold, as text. */
function cursorsIn(text: string): string {
  const found = text.match(/"(?:\w*cursor|after)":"([\w-]+)"/gi) ?? [];
  return found
    .map((pair) => Buffer.from(pair.slice(pair.indexOf(":") + 2, -1), "base64url").toString("utf8"))
    .join(" ");
}
