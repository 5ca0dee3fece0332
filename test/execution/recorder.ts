import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type ResponsePath,
} from "graphql";
import { describeContents, describeValue, identityOf } from "./describe-value";
import { Random } from "./random";
import { type Outcome, outcomeFor, type ResolverHabits } from "./resolver-values";

/** A call of a resolver, as far as the resolver can see it. */
export interface RecordedCall {
  /** Parent type, field and place in the answer. */
  field: string;
  args: string;
  /** The arguments without the order of keys and the prototypes of objects. */
  contents: string;
  info: string;
}

/** Kinds of executions: calm ones show what is different without a fault, the others what faults and waiting change. */
const CALM: ResolverHabits = { faults: 0, promises: 0, changesArgs: 0, methods: 0 };
const HABITS: readonly ResolverHabits[] = [
  CALM,
  { faults: 0, promises: 0.3, changesArgs: 0.1, methods: 0.06 },
  { faults: 0.15, promises: 0, changesArgs: 0.1, methods: 0.06 },
  { faults: 0.15, promises: 0.3, changesArgs: 0, methods: 0.06 },
  { faults: 0.02, promises: 0.05, changesArgs: 0.05, methods: 0.06 },
];

/**
 * The context of one recorded execution. What its resolvers do depends on the seed, the place in the answer and the
 * arguments only, so two executions of the same operation with the same seed can be compared.
 */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  /** The root value to execute with. */
  readonly root = { isRoot: true };
  /** How many promises of resolvers are not settled yet. */
  pending = 0;
  readonly habits: ResolverHabits;
  private readonly describedVariables = new WeakMap<object, string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly classes: ReadonlyMap<string, RecordedClass>,
    private readonly seed: number,
    isCalm: boolean,
  ) {
    this.habits = isCalm ? CALM : new Random(seed, "habits").pick(HABITS);
  }

  /** Answers a call of a resolver. */
  resolve(source: unknown, args: Record<string, unknown>, info: GraphQLResolveInfo): unknown {
    const key = pathText(info.path);
    const contents = describeContents(args);
    const sourceKey =
      source === this.root ? "root" : source instanceof RecordedObject ? source.key : describeValue(source);
    this.calls.push({
      field: `${info.parentType.name}.${info.fieldName} at ${key} of ${sourceKey}`,
      args: describeValue(args),
      contents,
      info: this.describeInfo(info),
    });
    const random = new Random(this.seed, key, contents);
    if (random.chance(this.habits.changesArgs)) changeDeeply(args);
    return this.produce(info.returnType, key, random);
  }

  /** The value of a property that a resolver's object has. */
  property(object: RecordedObject, name: string, type: GraphQLOutputType): unknown {
    const key = `${object.key}.${name}`;
    const random = new Random(this.seed, key);
    if (random.chance(this.habits.methods))
      return (args: Record<string, unknown>, context: Recorder, info: GraphQLResolveInfo) =>
        context.resolve(object, args, info);
    return this.produce(type, key, random);
  }

  /** Tells the type of an object, or fails to. */
  typeOf(object: unknown, info: GraphQLResolveInfo): unknown {
    if (!(object instanceof RecordedObject)) return undefined;
    const random = new Random(this.seed, object.key, "type");
    const description = `${pathText(info.path)} ${this.describeInfo(info)}`;
    this.calls.push({ field: `type of ${object.key}`, args: "", contents: "", info: description });
    const { faults, promises } = this.habits;
    const wrong = ["Customer", "Nowhere", "Cloud", undefined, 7, this.schema.getQueryType()];
    if (random.chance(faults * 0.15)) throw new Error(`no type at ${object.key}`);
    const name = random.chance(faults * 0.3) ? random.pick(wrong) : object.typeName;
    return random.chance(promises * 0.5) ? this.later({ value: name }, random) : name;
  }

  private produce(type: GraphQLOutputType, key: string, random: Random): unknown {
    const { schema, habits } = this;
    const makeObject = (typeName: string, at: string) => {
      const RecordedType = this.classes.get(typeName);
      if (!RecordedType) throw new Error(`There is no type ${typeName}.`);
      return new RecordedType(this, at);
    };
    const later = (outcome: Outcome, by: Random) => this.later(outcome, by);
    const outcome = outcomeFor(type, key, { random, habits, schema, makeObject, later });
    if (random.chance(habits.promises)) return this.later(outcome, random);
    if ("thrown" in outcome) throw outcome.thrown;
    return outcome.value;
  }

  /** A promise, or another object with `then`, that settles in up to three turns, of microtasks or of the event loop. */
  private later(outcome: Outcome, random: Random): PromiseLike<unknown> {
    const turns = random.below(4);
    const isSlow = random.chance(0.3);
    this.pending++;
    const promise = settle(outcome, turns, isSlow).finally(() => this.pending--);
    // An item after the first failure is nobody's to handle.
    promise.catch(() => undefined);
    if (!random.chance(0.05)) return promise;
    return { then: (onValue, onError) => promise.then(onValue, onError) };
  }

  private describeInfo(info: GraphQLResolveInfo): string {
    const { fieldName, fieldNodes, returnType, parentType, schema, fragments, rootValue, operation } = info;
    const { variableValues, path } = info;
    let variables = this.describedVariables.get(variableValues);
    if (variables === undefined) {
      variables = describeValue(variableValues);
      this.describedVariables.set(variableValues, variables);
    }
    const fragmentIds = Object.entries(fragments).map(([name, node]) => `${name}=${identityOf(node)}`);
    return [
      Object.keys(info).join(),
      fieldName,
      fieldNodes.map(identityOf).join(),
      String(returnType),
      parentType.name,
      `${Object.keys(path).join()} ${String(path.typename)}`,
      schema === this.schema,
      fragmentIds.join(),
      rootValue === this.root,
      identityOf(operation),
      variables,
    ].join(" | ");
  }
}

/** An object that resolvers return. Its type's fields are its properties. */
export class RecordedObject {
  constructor(
    readonly recorder: Recorder,
    readonly key: string,
    readonly typeName: string,
  ) {}
}

/** A class of the objects of one type. */
export type RecordedClass = new (recorder: Recorder, key: string) => RecordedObject;

async function settle(outcome: Outcome, turns: number, isSlow: boolean): Promise<unknown> {
  for (let turn = 0; turn < turns; turn++) await (isSlow ? nextTurn() : undefined);
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome.value;
}

/** Waits for the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pathText(path: ResponsePath | undefined): string {
  return path ? `${pathText(path.prev)}/${path.key}` : "";
}

function changeDeeply(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) changeDeeply(inner);
  if (Array.isArray(value)) value.push("added by a resolver");
  else Object.assign(value, { addedByResolver: true, first: 99 });
}
