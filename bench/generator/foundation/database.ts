export interface Database {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  one<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row | undefined>;
  execute(text: string, values?: readonly unknown[]): Promise<number>;
  transaction<Value>(work: (database: Database) => Promise<Value>): Promise<Value>;
}

export type Columns<Entity> = { readonly [Key in keyof Entity]: string };

export function whereAll<Entity extends object>(
  columns: Columns<Entity>,
  filter: Partial<Entity>,
): {
  readonly text: string;
  readonly values: unknown[];
} {
  const clauses: string[] = [];
  const values: unknown[] = [];
  for (const key of Object.keys(filter) as (keyof Entity)[]) {
    values.push(filter[key]);
    clauses.push(`${columns[key]} = $${values.length}`);
  }
  return { text: clauses.length === 0 ? "true" : clauses.join(" and "), values };
}
