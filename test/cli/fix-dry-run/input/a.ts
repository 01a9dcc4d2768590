declare function save(): Promise<void>;
export async function checkout() {
  save();
  save();
}
