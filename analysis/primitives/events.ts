import type { EventModel, PackageModel } from "./primitive.ts";

// What an event can do only while it is being dispatched. Dispatching is synchronous: it is over when
// the listeners have returned, and an async listener returns at its first pause.

const PREVENTS: EventModel = {
  reason:
    "When the dispatch is over the default action has been taken or not: " +
    "https://dom.spec.whatwg.org/#dom-event-preventdefault.",
  late: "ignored",
};
const STOPS: EventModel = {
  reason: "When the dispatch is over all other listeners have been called.",
  late: "ignored",
};
const NULL: EventModel = {
  reason:
    "It is set to null when the dispatch is over: https://dom.spec.whatwg.org/#dispatching-events.",
  late: "null",
};
const EMPTY: EventModel = {
  reason:
    "The data is there for the listeners of the event only: " +
    "https://html.spec.whatwg.org/multipage/dnd.html#the-drag-data-store.",
  late: "empty",
};
const THROWS: EventModel = {
  reason: "It throws when the dispatch is over, so what it is given is not waited for.",
  late: "throws",
};

function ofEach(owners: readonly string[], members: Readonly<Record<string, EventModel>>) {
  return Object.fromEntries(
    owners.flatMap((owner) =>
      Object.entries(members).map(([name, it]) => [`${owner}.${name}`, it] as const),
    ),
  );
}

export const events: readonly PackageModel[] = [
  {
    modules: ["lib"],
    events: {
      ...ofEach(["Event", "MouseEvent", "UIEvent"], {
        preventDefault: PREVENTS,
        stopPropagation: STOPS,
        stopImmediatePropagation: STOPS,
        currentTarget: NULL,
        composedPath: EMPTY,
      }),
      "DragEvent.dataTransfer": EMPTY,
      "ClipboardEvent.clipboardData": EMPTY,
      ...ofEach(["ExtendableEvent"], { waitUntil: THROWS }),
      ...ofEach(["FetchEvent"], { respondWith: THROWS }),
    },
  },
  {
    modules: ["react"],
    events: {
      ...ofEach(["BaseSyntheticEvent", "SyntheticEvent"], {
        preventDefault: PREVENTS,
        stopPropagation: STOPS,
        currentTarget: NULL,
      }),
      "DragEvent.dataTransfer": EMPTY,
      "ClipboardEvent.clipboardData": EMPTY,
    },
  },
  {
    modules: ["vscode"],
    events: ofEach(
      [
        "TextDocumentWillSaveEvent",
        "NotebookDocumentWillSaveEvent",
        "FileWillCreateEvent",
        "FileWillDeleteEvent",
        "FileWillRenameEvent",
      ],
      { waitUntil: THROWS },
    ),
  },
  {
    modules: ["electron"],
    events: {
      ...ofEach(["Event"], { preventDefault: PREVENTS }),
    },
  },
];
