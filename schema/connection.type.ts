import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import { MAX_COUNT } from "../src/errors/list-bounds";
import { MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE } from "../src/errors/field-checks";

const COUNTED = MAX_COUNT.toLocaleString("en");

/** What the description of a count says about its end. */
export const COUNT_BOUND = `${MAX_COUNT + 1} means that there are more than ${COUNTED}.`;

/**
 * The argument `first` of a list: its default stands in the schema, and both what a list gives without it and what that
 * costs follow from there.
 */
export function firstOf(defaultValue: number) {
  return {
    nullable: true,
    defaultValue,
    description: `How many at most, 1 to ${MAX_PAGE_SIZE}; null is the default.`,
  };
}

/** What page of a list is wanted. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, firstOf(DEFAULT_PAGE_SIZE))
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A cursor that this list gave out in this order; the page begins after it. Absent: from the beginning.",
  })
  after?: string;
}

/** Relay's PageInfo. */
@ObjectType("PageInfo", { description: "Where a page stands in its list." })
export class PageInfoType {
  @Field(() => Boolean, {
    description:
      "Whether more may follow after this page, which can be shorter than `first`, or empty, where few rows of a long list fit several filters at once.",
  })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: "Whether this page began after a cursor." })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first node; null on an empty page." })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Where this page ends: give it as `after` to get the next page. The cursor of the last node, or of the row at which the search for more stopped. Null on an empty page that is the last one.",
  })
  endCursor: string | null;
}

const TOTAL_COUNT =
  "How many the whole list has. Exact for the whole lists of customers, relationships, subscriptions, invitations and events, " +
  "also of one status, except invitations that are PENDING or EXPIRED. " +
  `Of any other list at most ${COUNTED} are counted: ${COUNT_BOUND} ` +
  `Null where several filters at once would have to look at more than ${COUNTED} rows to tell. Counted only when asked for.`;

/** Makes the Relay connection type of a node type; `name` is the node type's GraphQL name. */
export function connectionOf<Node extends object>(nodeType: () => ClassType<Node> | object, name: string) {
  const node = nodeType as () => ClassType<Node>;

  @ObjectType(`${name}Edge`, { description: `One ${name} and its place in the list.` })
  class Edge {
    @Field(node, { description: `The ${name}.` })
    node: Node;

    @Field(() => String, { description: "Its place in the list, to be given as `after`." })
    cursor: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Connection {
    @Field(() => [Edge], { description: "The page's nodes with their cursors." })
    edges: Edge[];

    @Field(() => [nodeType() as ClassType<Node>], {
      description: "The page's nodes, for those who need no cursors.",
    })
    nodes: Node[];

    @Field(() => PageInfoType, { description: "Where the page stands in the list." })
    pageInfo: PageInfoType;

    @Field(() => Int, { nullable: true, description: TOTAL_COUNT })
    totalCount: number | null;
  }

  return Connection;
}
