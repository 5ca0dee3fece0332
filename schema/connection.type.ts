import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";

/** What page of a list is wanted. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: "How many at most, 1 to 500. Default 50." })
  first?: number;

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
  @Field(() => Boolean, { description: "Whether more follows after this page." })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: "Whether this page began after a cursor." })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first node; null on an empty page." })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the last node: give it as `after` to get the next page. Null on an empty page.",
  })
  endCursor: string | null;
}

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

    @Field(() => Int, { description: "How many the whole list has. Counted only when asked for." })
    totalCount: number;
  }

  return Connection;
}
