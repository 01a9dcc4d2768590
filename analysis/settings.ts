import type { Finding, Profile, Rule, Severity } from "./rule.ts";

/** What is in force for one file. */
export interface Settings {
  readonly profile: Profile;
  /** Levels that the user set, by rule. */
  readonly rules: Readonly<Record<string, Level>>;
}

export type Level = Severity | "off";

export const RECOMMENDED: Settings = { profile: "recommended", rules: {} };
export const STRICT: Settings = { profile: "strict", rules: {} };

const REACH: Readonly<Record<Profile, number>> = { recommended: 1, strict: 2, "opt-in": 3 };

/** The level of a rule before any finding is known: what the user set, else what the profile says. */
export function levelOf(rule: Rule, { rules, profile }: Settings): Level {
  return rules[rule.id] ?? (REACH[rule.profile] <= REACH[profile] ? rule.severity : "off");
}

/**
 * The level of one finding; `off` where the profile does not reach that far.
 *
 * A level that the user set holds for all findings of the rule, else a finding may carry its own.
 */
export function levelOfFinding(rule: Rule, finding: Finding, settings: Settings): Level {
  if (finding.profile !== undefined && REACH[settings.profile] < REACH[finding.profile])
    return "off";
  return settings.rules[rule.id] ?? finding.severity ?? levelOf(rule, settings);
}
