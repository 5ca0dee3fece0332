import { Field, InputType } from "type-graphql";

/** What every mutation's input has, unless the mutation is safe to repeat by itself. */
@InputType()
export abstract class IdempotentInput {
  @Field(() => String, {
    nullable: true,
    description:
      "A key of yours, at most 255 characters. A repeat with it within 24 hours returns the first result.",
  })
  idempotencyKey?: string | null;
}
