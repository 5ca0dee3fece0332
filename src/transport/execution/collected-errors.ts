import type { GraphQLError } from "graphql";

/** Where a value stands in a response; the same shape that graphql-js hands to resolvers as `info.path`. */
export interface ResponsePath {
  readonly prev: ResponsePath | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/**
 * The errors of one execution in the order in which they occur. Once a position is null because of an error, errors
 * below it are left out, as graphql-js does: the response says nothing about what it does not contain.
 */
export class CollectedErrors {
  readonly all: GraphQLError[] = [];
  private readonly nullPositions = new Set<ResponsePath | undefined>();

  /** Adds an error that made the value at `path` null; an undefined path is the whole response. */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    if (this.isBelowNull(path)) return;
    this.nullPositions.add(path);
    this.all.push(error);
  }

  private isBelowNull(path: ResponsePath | undefined): boolean {
    if (this.nullPositions.size === 0) return false;
    for (let at = path; at !== undefined; at = at.prev) if (this.nullPositions.has(at)) return true;
    return this.nullPositions.has(undefined);
  }
}
