export async function idle() {
  return 1;
}
