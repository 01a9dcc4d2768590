export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

export type FetchPage<Item> = (cursor: string | undefined, limit: number) => Promise<Page<Item>>;

export async function* everyItem<Item>(
  fetchPage: FetchPage<Item>,
  limit = 100,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor, limit);
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}

export async function collect<Item>(
  items: AsyncIterable<Item>,
  atMost = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) {
    collected.push(item);
    if (atMost <= collected.length) break;
  }
  return collected;
}
