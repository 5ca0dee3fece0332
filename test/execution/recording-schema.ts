import {
  defaultFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { type RecordedClass, RecordedObject, Recorder } from "./recorder";

/** The API's schema whose resolvers record how they are called and answer at random. */
export interface RecordingSchema {
  schema: GraphQLSchema;
  /** The context, with a root value in it, for one execution. */
  recorder(seed: number): Recorder;
}

/** How the resolvers of a recording schema behave. */
export interface RecordingOptions {
  /** No resolver fails, waits or changes its arguments. */
  isCalm?: boolean;
}

/** Builds the API's schema and puts recording resolvers in place of its own; fields that are properties remain so. */
export function buildRecordingSchema({ isCalm = false }: RecordingOptions = {}): RecordingSchema {
  const schema = buildApiSchema();
  const classes = new Map<string, RecordedClass>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type))
      type.resolveType = (object, context: Recorder, info) => context.typeOf(object, info) as string;
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    classes.set(type.name, classOf(type));
    for (const field of Object.values(type.getFields()))
      if (field.resolve && field.resolve !== defaultFieldResolver)
        field.resolve = (source, args, context: Recorder, info) => context.resolve(source, args, info);
  }
  return { schema, recorder: (seed) => new Recorder(schema, classes, seed, isCalm) };
}

function classOf(type: GraphQLObjectType): RecordedClass {
  const RecordedType = class extends RecordedObject {
    constructor(recorder: Recorder, key: string) {
      super(recorder, key, type.name);
    }
  };
  for (const field of Object.values(type.getFields())) {
    Object.defineProperty(RecordedType.prototype, field.name, {
      get(this: RecordedObject) {
        return this.recorder.property(this, field.name, field.type);
      },
    });
  }
  return RecordedType;
}
