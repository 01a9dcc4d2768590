import { record, tariff } from "./office.js";
import type { Tariff } from "./types.js";

export async function bothTariffs(): Promise<readonly Tariff[]> {
  const euro = tariff("EUR");
  const krone = await tariff("DKK");
  return [await euro, krone];
}

export async function bothTariffsAtOnce(): Promise<readonly Tariff[]> {
  return await Promise.all([tariff("EUR"), tariff("DKK")]);
}

export function updateTariff(currency: string): Promise<void> {
  return tariff(currency).then((current) => {
    record("tariff", current.perMetre);
  });
}

export async function warmUp(): Promise<void> {
  try {
    await tariff("EUR");
  } catch {}
}

let loading: Promise<Tariff> | undefined;

/** The promise itself is what is remembered, so testing it is right. */
export function euroTariff(): Promise<Tariff> {
  if (!loading) loading = tariff("EUR");
  return loading;
}
