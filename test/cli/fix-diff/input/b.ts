declare function save(): Promise<void>;
export async function retry(total: number) {
  save();
  total += await Promise.resolve(1);
}
