import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type {
  CodeFlow,
  Location,
  Log,
  Notification,
  Region,
  ReportingDescriptor,
  Result,
  ThreadFlowLocation,
} from "sarif";
import type { NewFile } from "../../analysis/edit.ts";
import { inside } from "../../analysis/paths.ts";
import type { InterleavingReport, Report, StepReport } from "../../analysis/report.ts";
import type { Action, Rule, Task } from "../../analysis/rule.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { pageForReaders } from "../../rules/page.ts";
import type { Notice } from "../notices.ts";
import { pageOf } from "../pages.ts";
import type { Outcome } from "./report.ts";

// SARIF 2.1.0, for code scanning and for viewers of its files. What GitHub asks for is in there:
// the four numbers of every region, help as text and as Markdown, fingerprints that stay when lines
// move. A race has two code flows, because viewers differ: the first is one thread flow with all
// steps in order, which is all that the viewer for VS Code shows; the second has a thread flow for
// each task, tied together by their `executionOrder`.

const ROOT = "%SRCROOT%";
const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const LEVELS = { error: "error", warning: "warning", hint: "note" } as const;

/** Everything that was found, as one run of one tool. */
export function sarifReport(outcome: Outcome, rules: readonly Rule[], version: string): Log {
  const ids = [...new Set(outcome.findings.map((it) => it.rule))].toSorted();
  const places = new Places(outcome);
  const fingerprints = new Fingerprints();
  const notifications = outcome.notices.map((it) => notificationOf(it, places));
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Mooring",
            version,
            semanticVersion: version,
            rules: ids.map((id) => descriptorOf(id, rules)),
          },
        },
        automationDetails: { id: "mooring/" },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { uri: pathToFileURL(inside(outcome.folder, "")).href } },
        invocations: [
          {
            executionSuccessful: outcome.notices.every((it) => it.level !== "error"),
            ...(notifications.length === 0 ? {} : { toolExecutionNotifications: notifications }),
          },
        ],
        results: outcome.findings.map((it) => resultOf(it, { ids, places, fingerprints, outcome })),
      },
    ],
  };
}

function descriptorOf(id: string, rules: readonly Rule[]): ReportingDescriptor {
  const rule = rules.find((it) => it.id === id);
  const known = rule ?? ALLOW_RULES.find((it) => it.id === id);
  const summary = known?.summary ?? id;
  const written = pageOf(id);
  const page = written === undefined ? summary : pageForReaders(written);
  const severity = known?.severity ?? "warning";
  return {
    id,
    name: id,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["concurrency", "correctness"],
      precision: precisionOf(rule),
      "problem.severity": severity === "hint" ? "recommendation" : severity,
    },
  };
}

/** How far a finding can be believed follows from where its rule is on. */
function precisionOf(rule: Rule | undefined): string {
  if (rule === undefined) return "very-high";
  if (rule.profile === "recommended") return rule.severity === "error" ? "very-high" : "high";
  return rule.profile === "strict" ? "medium" : "low";
}

interface Surroundings {
  readonly ids: readonly string[];
  readonly places: Places;
  readonly fingerprints: Fingerprints;
  readonly outcome: Outcome;
}

function resultOf(report: Report, { ids, places, fingerprints, outcome }: Surroundings): Result {
  const { rule, severity, message, why, notes, interleaving, fixes } = report;
  const { line } = outcome.sources.of(report.file).position(report.start);
  const text = outcome.sources.of(report.file).line(line);
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: LEVELS[severity],
    message: { text: why === "" ? message : `${message} ${why}` },
    locations: [places.location(report)],
    partialFingerprints: {
      primaryLocationLineHash: fingerprints.of(rule, outcome.shown(report.file), text),
    },
    ...(notes.length === 0
      ? {}
      : {
          relatedLocations: notes.map((note, index) => ({
            id: index + 1,
            ...places.location(note, note.message),
          })),
        }),
    ...(interleaving === undefined ? {} : { codeFlows: codeFlowsOf(interleaving, places) }),
    ...(fixes.length === 0
      ? {}
      : {
          fixes: fixes.map((fix) => ({
            description: { text: fix.title },
            artifactChanges: [
              ...(fix.creates ?? []).map((it) => places.creation(it)),
              ...[...new Set(fix.edits.map((it) => it.file))].map((file) => ({
                artifactLocation: places.artifact(file),
                replacements: fix.edits
                  .filter((it) => it.file === file)
                  .map((edit) => ({
                    deletedRegion: places.region(edit),
                    insertedContent: { text: edit.text },
                  })),
              })),
            ],
          })),
        }),
  };
}

/** What an action is in the words of the standard, which leaves room for others. */
const KINDS: Readonly<Record<Action, readonly string[]>> = {
  read: ["value"],
  check: ["branch"],
  write: ["value"],
  call: ["call"],
  pause: ["exit"],
  resume: ["enter"],
  acquire: ["acquire", "lock"],
  release: ["release", "lock"],
  iterate: ["value"],
  fail: ["danger"],
};

function codeFlowsOf({ evidence, steps }: InterleavingReport, places: Places): CodeFlow[] {
  const location = (step: StepReport, index: number, text: string): ThreadFlowLocation => ({
    location: places.location(step, text),
    executionOrder: index + 1,
    kinds: [...KINDS[step.action]],
    importance: index === steps.length - 1 ? "essential" : "important",
  });
  const ordered = steps.map((step, index) => ({ step, index }));
  const flowOf = (task: Task) => ({
    id: task,
    message: { text: `Task ${task}` },
    locations: ordered
      .filter(({ step }) => step.task === task)
      .map(({ step, index }) => location(step, index, step.text)),
  });
  return [
    {
      message: { text: evidence.message },
      threadFlows: [
        {
          locations: ordered.map(({ step, index }) =>
            location(step, index, `${step.task}: ${step.text}`),
          ),
        },
      ],
    },
    {
      message: { text: evidence.message },
      threadFlows: [flowOf("A"), flowOf("B")].filter((it) => it.locations.length > 0),
    },
  ];
}

function notificationOf({ level, message, remedy, file, start, end }: Notice, places: Places) {
  const region: Region | undefined =
    start === undefined
      ? undefined
      : {
          startLine: start.line,
          startColumn: start.column,
          ...(end === undefined ? {} : { endLine: end.line, endColumn: end.column }),
        };
  return {
    level,
    message: { text: `${message} ${remedy}` },
    ...(file === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: places.shownArtifact(file),
                ...(region === undefined ? {} : { region }),
              },
            },
          ],
        }),
  } satisfies Notification;
}

interface Range {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

class Places {
  private readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }

  location(range: Range, message?: string): Location {
    return {
      physicalLocation: {
        artifactLocation: this.artifact(range.file),
        region: this.region(range),
      },
      ...(message === undefined ? {} : { message: { text: message } }),
    };
  }

  region({ file, start, end }: Range): Region {
    const lines = this.outcome.sources.of(file);
    const first = lines.position(start);
    const last = lines.position(end);
    return {
      startLine: first.line,
      startColumn: first.column,
      endLine: last.line,
      endColumn: last.column,
    };
  }

  /** The standard has no word for a file that appears: it is a text put at the start of nothing. */
  creation({ file, text }: NewFile) {
    return {
      artifactLocation: this.artifact(file),
      replacements: [
        {
          deletedRegion: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
          insertedContent: { text },
        },
      ],
    };
  }

  artifact(path: string) {
    return this.shownArtifact(this.outcome.shown(path));
  }

  /** Code scanning knows files below the root only; the others are named as they are. */
  shownArtifact(shown: string) {
    if (/^(?:\.\.(?:\/|$)|\/|[A-Za-z]:)/.test(shown)) {
      const absolute = shown.startsWith("..") ? inside(this.outcome.folder, shown) : shown;
      return { uri: pathToFileURL(absolute).href };
    }
    return { uri: shown.split("/").map(encodeURIComponent).join("/"), uriBaseId: ROOT };
  }
}

/**
 * Tells the same finding in two versions of a file: by its rule and the text of its line, and where
 * there are several alike, by which of them it is. Lines that are added elsewhere change nothing.
 */
class Fingerprints {
  private readonly seen = new Map<string, number>();

  of(rule: string, file: string, line: string): string {
    const text = `${rule}\n${line.replace(/\s+/g, " ").trim()}`;
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
    const key = `${file}\n${hash}`;
    const count = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, count);
    return `${hash}:${count}`;
  }
}
