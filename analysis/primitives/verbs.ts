// What names of functions say about what they do, for calls whose code is out of sight.
//
// A name is a promise of whoever wrote it. That `getUser` asks and `deleteUser` changes holds nearly
// everywhere, which is why these words are evidence; that `run` or `process` say nothing holds too,
// so that every word that is not listed as asking, and may be a verb, is taken for changing.

/** What a function that is called so does, by the first word of its name. */
export type Purpose = "asks" | "changes" | "decides" | "consumes" | "waits" | "names";

const WORDS: readonly (readonly [Exclude<Purpose, "names">, string])[] = [
  [
    // They give what is there, or work something out from what they are given.
    "asks",
    `are calculate can compare compute convert count decode describe detect determine digest discover
    encode estimate exists extract fetch find format from get glob has hash infer inspect is
    list load locate lookup lstat measure parse peek read readdir readlink realpath resolve retrieve
    scan search serialize stat stringify to transform translate`,
  ],
  [
    // They fail, or ask somebody, so that what comes behind them may not be wanted.
    "decides",
    `allow approve ask assert auth authenticate authorize check choose confirm ensure expect guard
    input must pick prompt question require select validate verify`,
  ],
  [
    // They give the next one of several, so that the order of calls counts.
    "consumes",
    "acquire advance claim consume dequeue drain generate lease next nextval pop pull receive recv reserve shift take",
  ],
  ["waits", "delay idle pause poll sleep tick timeout wait"],
  [
    "changes",
    `abort accept add adjust advertise agree alert allocate announce append apply archive assign attach
    back backup ban batch begin bind block boot bootstrap broadcast build bulk bump bundle cache
    call cancel capture cast change charge clean cleanup clear click clone close collapse collect
    combine commit compact compile compress configure connect convert copy cp create cut debit debug
    declare decrease decrement defer define delegate delete deliver deploy deprecate destroy detach
    disable discard disconnect dispatch dispose do download drag draw drive drop dump edit eject embed
    emit empty enable encrypt decrypt end enqueue enter erase eval evaluate evict exec execute exit
    expand expire explain export extend fail fill filter finalize finish fire fix flag flush focus
    follow force fork forward free freeze give go grant group halt handle hide hydrate identify ignore
    import include increase increment index ingest init initialise initialize inject insert install
    instantiate invalidate invite invoke issue join keep kill label launch leave lend limit link listen
    lock log login logout make manage map mark merge migrate mint mkdir mkdtemp mock modify monitor
    mount move mutate navigate normalize notify observe on open optimize order pack paginate park
    partition paste patch pay perform persist persistent pin ping pipe place play plan populate post
    prefetch preload prepare press print process produce provision proxy prune publish purge push put
    query queue race raise reach rebuild reconnect record recover redeem redirect redo reduce refresh refund
    register reject release reload remove rename render renew reorder replace replay replicate reply
    report request reschedule reset resize restart restore resume retry return revert revoke rewind
    rewrite rm rmdir roll rollback rotate route run safe sample save schedule scroll seal seed send
    serve set settle setup share ship show shuffle shut shutdown sign signal skip snapshot solve sort
    spawn spend split spread stage start stop store stream strip submit subscribe sudo suspend swap
    switch symlink sync tag teardown terminate test throttle throw toggle touch track train transfer
    trigger trim truncate try turn type unarchive undo uninstall unlink unload unlock unmount unpack
    unpin unregister unset unsubscribe unwrap unzip update upgrade upload upsert use visit walk warm
    warn watch with withdraw work wrap write yield zip`,
  ],
];

const BY_WORD: ReadonlyMap<string, Purpose> = new Map(
  WORDS.flatMap(([purpose, words]) =>
    words.split(/\s+/).map((word): [string, Purpose] => [word, purpose]),
  ),
);

/** Behind `and` and `or`, and in the middle of what databases call things, a change is one too. */
const CHANGES_AS_WELL =
  /(?:And|Or)(?:Acquire|Add|Build|Cache|Clear|Create|Delete|Fetch|Increment|Init|Insert|Load|Lock|Make|Mark|Modify|Remove|Replace|Reset|Save|Set|Start|Store|Throw|Touch|Update|Write)|ForUpdate|Upsert|Next(?:[A-Z]|$)/;

/** What the name of a function says; `names`: a word for a thing, as far as that can be told. */
export function purposeOf(name: string): Purpose {
  const plain = name.replace(/^[_$#]+/, "");
  const first = /^(?:[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]*)/.exec(plain)?.[0].toLowerCase() ?? "";
  const purpose = BY_WORD.get(first) ?? "names";
  if (CHANGES_AS_WELL.test(plain)) return "changes";
  return purpose;
}
