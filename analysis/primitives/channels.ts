// Calls that give the two ends of a channel, as members of one object.

export interface ChannelModel {
  readonly reason: string;
  readonly sender: string;
  readonly receiver: string;
  /** Methods of the sender after which a loop over the receiver ends. */
  readonly closes: readonly string[];
}

/** By the name of the function or class. */
export const channels: ReadonlyMap<string, ChannelModel> = new Map([
  [
    "channel",
    {
      reason: "The receiver ends when every sender is closed; a clone is a sender of its own.",
      sender: "tx",
      receiver: "rx",
      closes: ["close"],
    },
  ],
  [
    "unbounded",
    {
      reason: "The receiver ends when every sender is closed; a clone is a sender of its own.",
      sender: "tx",
      receiver: "rx",
      closes: ["close"],
    },
  ],
  [
    "TransformStream",
    {
      reason: "The readable side ends when the writable side is closed.",
      sender: "writable",
      receiver: "readable",
      closes: ["close", "abort"],
    },
  ],
]);
