/**
 * What waits, taken in rounds: one item of each group, then the next of each. The items of a group are taken in rounds in
 * the same way where they have groups of their own; otherwise in order of arrival. Say, an organization and its callers.
 */
export class FairQueue<Item> {
  /** The group whose turn is next comes first. */
  private readonly groups = new Map<string, FairQueue<Item>>();
  private readonly items = new Set<Item>();

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.items.size === 0 && this.groups.size === 0;
  }

  /** Adds an item at the end of its group; `path` names the group, then the one within it. All paths are equally long. */
  add([group, ...within]: readonly string[], item: Item): void {
    if (group === undefined) return void this.items.add(item);
    const known = this.groups.get(group) ?? new FairQueue<Item>();
    this.groups.set(group, known);
    known.add(within, item);
  }

  /** Takes an item out of its turn; nothing happens where it is not there any more. */
  remove([group, ...within]: readonly string[], item: Item): void {
    if (group === undefined) return void this.items.delete(item);
    const known = this.groups.get(group);
    known?.remove(within, item);
    if (known?.isEmpty) this.groups.delete(group);
  }

  /**
   * Takes the item whose turn it is; undefined where nothing waits.
   * @param mayTake whether a group may have its turn now; those that may not keep their place
   */
  take(mayTake: (group: string) => boolean = () => true): Item | undefined {
    const [first] = this.items;
    if (first !== undefined) {
      this.items.delete(first);
      return first;
    }
    for (const [group, queue] of this.groups) {
      if (!mayTake(group)) continue;
      const item = queue.take();
      // At the end again: every other group has its turn first.
      this.groups.delete(group);
      if (!queue.isEmpty) this.groups.set(group, queue);
      return item;
    }
    return undefined;
  }
}
