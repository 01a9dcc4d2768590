import type { Overlap, RuleCustomization, Run, Scope } from "./protocol.ts";

/** The settings of a folder as the client has them, with defaults where it says nothing. */
export interface Preferences {
  readonly enable: boolean;
  readonly run: Run;
  readonly scope: Scope;
  readonly configPath: string | undefined;
  readonly customizations: readonly RuleCustomization[];
  readonly overlap: Overlap;
  readonly timeBudget: number;
}

export const DEFAULTS: Preferences = {
  enable: true,
  run: "onType",
  scope: "workspace",
  configPath: undefined,
  customizations: [],
  overlap: "defer",
  timeBudget: 1000,
};

const RUNS: readonly Run[] = ["onType", "onSave", "manual"];
const SCOPES: readonly Scope[] = ["openFiles", "changedFiles", "workspace"];
const SEVERITIES = ["error", "warning", "information", "hint", "off"] as const;

/** Whatever a client sends, there are settings; what cannot be understood counts as not said. */
export function preferencesFrom(value: unknown): Preferences {
  const given = record(value);
  const budget = given["timeBudget"];
  const path = given["configPath"];
  const customizations = record(given["rules"])["customizations"];
  return {
    enable: given["enable"] !== false,
    run: RUNS.find((it) => it === given["run"]) ?? DEFAULTS.run,
    scope: SCOPES.find((it) => it === given["scope"]) ?? DEFAULTS.scope,
    configPath: typeof path === "string" && path.trim() !== "" ? path : undefined,
    customizations: Array.isArray(customizations) ? customizations.flatMap(customization) : [],
    overlap: given["overlap"] === "both" ? "both" : DEFAULTS.overlap,
    timeBudget: typeof budget === "number" && 0 < budget ? budget : DEFAULTS.timeBudget,
  };
}

function customization(value: unknown): RuleCustomization[] {
  const { rule, severity } = record(value);
  const known = SEVERITIES.find((it) => it === severity);
  return typeof rule === "string" && known !== undefined ? [{ rule, severity: known }] : [];
}

/** The properties of anything: none, where it has none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Whether a glob such as `floating-*` names the rule. */
export function names(glob: string, rule: string): boolean {
  const pattern = glob.replace(/[^\w*-]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${pattern}$`).test(rule);
}
