// What the names of classes tell about how many tasks hold one of their objects. No type says so,
// and the code that makes the objects is often in another file; but people name such classes alike.
// Every row carries its reason. What a file itself shows (an instance in a module variable, every
// construction inside one call) and annotations go first.

export interface OwnerModel {
  /** The end of the class's name, or of its base class's. */
  readonly names: RegExp;
  /** `single`: made for one task and used by it alone. `shared`: many tasks use the same object. */
  readonly owner: "single" | "shared";
  readonly reason: string;
}

export const owners: readonly OwnerModel[] = [
  {
    names:
      /(?:Request|Response|Reply|Req|Res|Context|Ctx|Event|Message|Payload|Args|Options|Props|Invocation)$/,
    owner: "single",
    reason: "There is one per request or message, and whoever handles it goes step by step.",
  },
  {
    names: /(?:Transaction|Trx|QueryRunner|UnitOfWork|Statement|Cursor|Savepoint)$/,
    owner: "single",
    reason: "A transaction belongs to one connection, which takes one statement at a time.",
  },
  {
    names:
      /(?:Builder|Parser|Lexer|Tokenizer|Scanner|Visitor|Walker|Printer|Serializer|Deserializer|Encoder|Decoder|Compiler|Emitter2?Visitor|Formatter|Renderer|Reader|Writer|Iterator|Generator|Resolver|Executor|Chain|Step|Pass|Plan|Wizard|Prompt|Command|Migration|Migrator|Seeder|Installer|Scaffolder|Script|Task|Job|Run|Runner|Test|Suite|Spec|Fixture|Case|Scenario|PageObject|Example|Benchmark)$/,
    owner: "single",
    reason: "Such an object is made for one piece of work, used by it, and thrown away.",
  },
  {
    names: /(?:Error|Exception|DTO|Dto|Entity|Model|Schema|Node|Element2D|Vector|Point|Matrix)$/,
    owner: "single",
    reason: "A value or record: what it holds is set by whoever has just made or loaded it.",
  },
  {
    names:
      /(?:Service|Manager|Client|Store|Cache|Pool|Registry|Repository|Controller|Provider|Server|Hub|Broker|Scheduler|Queue|Connection|Adapter|Gateway|Supervisor|Orchestrator|Coordinator|Monitor|Watcher|Tracker|Limiter|Throttler|Dispatcher|Bus|Channel|Socket|Session|Host|Backend|Storage|Database|Db|Ledger|Wallet|Cart|Counter|Account|Worker|Producer|Consumer|Sync|Syncer|Autosave|Loader|Logger|Telemetry|Indexer|Kernel|Engine|App|Application|Extension|Plugin|Api|SDK|Bot)$/,
    owner: "shared",
    reason:
      "Such an object lives long, and every part of a program that needs it holds the same one.",
  },
];

/** Decorators by which a container makes one object of the class and hands it to everybody. */
export const SHARING_DECORATORS: ReadonlySet<string> = new Set([
  "Injectable",
  "Service",
  "Singleton",
  "Controller",
  "RestController",
  "Provider",
  "Component",
  "Resolver",
  "WebSocketGateway",
  "singleton",
  "injectable",
  "injectableSingleton",
]);

/** Decorators by which a method becomes the handler of something that does not wait. */
export const HANDLER_DECORATORS: ReadonlySet<string> = new Set([
  "Get",
  "Post",
  "Put",
  "Patch",
  "Delete",
  "All",
  "Head",
  "Options",
  "Sse",
  "Cron",
  "Interval",
  "OnEvent",
  "EventPattern",
  "MessagePattern",
  "SubscribeMessage",
  "GrpcMethod",
  "Process",
  "OnWorkerEvent",
  "Query",
  "Mutation",
  "ResolveField",
  "HostListener",
  "Listen",
  "Listener",
  "On",
  "OnMessage",
  "RabbitSubscribe",
  "SqsMessageHandler",
]);

/** Decorators that let only one call of a method run at a time. */
export const EXCLUSIVE_DECORATORS: ReadonlySet<string> = new Set([
  "gate",
  "sequentialize",
  "serialize",
  "synchronized",
  "Synchronized",
  "exclusive",
  "singleFlight",
  "once",
  "memoize",
  "debounce",
  "throttle",
]);

/** Names under which a framework looks for a handler among what a module exports. */
export const EXPORTED_HANDLERS: ReadonlySet<string> = new Set([
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "handler",
  "handle",
  "fetch",
  "onRequest",
  "onRequestGet",
  "onRequestPost",
  "middleware",
  "getServerSideProps",
]);

/** Functions that a program calls once, at its start or end. */
export const RUN_ONCE: RegExp =
  /^(?:main|run|bootstrap|setup|teardown|migrate|seed|install|uninstall|activate|deactivate|build|generate|up|down|test|beforeAll|afterAll|beforeEach|afterEach)$/;

/** Components and hooks: a framework calls them again and again, but never before a call is over. */
export const RENDERS: RegExp = /^(?:use[A-Z]|[A-Z])/;

/** Methods that are called once in the life of an object, or by a framework one after the other. */
export const METHODS_RUN_ONCE: RegExp =
  /^(?:main|bootstrap|setup|teardown|migrate|seed|install|uninstall|activate|deactivate|up|down|beforeAll|afterAll|beforeEach|afterEach|connectedCallback|disconnectedCallback|firstUpdated|willUpdate|updated|render|ngOnInit|ngAfterViewInit|ngOnDestroy|componentDidMount|componentDidUpdate|componentWillUnmount|onModuleInit|onApplicationBootstrap|onload|onunload)$/;

/** Methods of a protocol that waits for each call before it makes the next: iterators, streams. */
export const METHODS_IN_TURN: ReadonlySet<string> = new Set([
  "next",
  "return",
  "throw",
  "pull",
  "transform",
]);

/** Methods whose function argument is called for each event, where the types do not say whose they are. */
export const REGISTERS: ReadonlySet<string> = new Set([
  "on",
  "addListener",
  "addEventListener",
  "subscribe",
  "registerCommand",
  "setInterval",
  "onMessage",
  "onDidChange",
  "use",
  "get",
  "post",
  "put",
  "patch",
  "all",
]);
