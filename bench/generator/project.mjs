/**
 * Writes a service company's code base of any size: for each thing it deals in a folder with its model, repository and
 * service, and some of a dozen other kinds of module. Services use the services of things before them, so that the
 * imports form layers; defects are planted in a known number of places.
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { seeded } from "./random.mjs";
import { importer, reconcile, schedule, worker } from "./shapes/background.mjs";
import { client, handlers, subscriptions } from "./shapes/edges.mjs";
import { model } from "./shapes/model.mjs";
import { machine, mapper, policy, validation } from "./shapes/pure.mjs";
import { service } from "./shapes/service.mjs";
import { cache, repository, stream } from "./shapes/storage.mjs";
import { fields, lifecycles, qualifiers, things, verbs } from "./words.mjs";
import { capital } from "./writing.mjs";

const foundation = join(dirname(fileURLToPath(import.meta.url)), "foundation");

/** The share of the places where a defect could stand that have one. */
const plantedShare = 0.12;

/** Every folder has these, in this order; the other modules of the folder rest on them. */
const core = { model, repository, service };
const optional = {
  cache,
  stream,
  handlers,
  client,
  subscriptions,
  worker,
  schedule,
  importer,
  reconcile,
  mapper,
  validation,
  policy,
  machine,
};

/**
 * @param {{ files: number, seed: number }} options
 * @returns {{ texts: Map<string, string>, planted: Record<string, number> }} texts by path
 */
export function generateProject({ files, seed }) {
  const random = seeded(seed);
  const texts = new Map();
  const planted = {};

  for (const name of readdirSync(foundation).sort()) {
    texts.set(`src/shared/${name}`, readFileSync(join(foundation, name), "utf8"));
  }

  const contexts = [];
  for (let index = 0; texts.size < files; index++) {
    const context = describe(index, contexts, random);
    const extras = random.some(Object.entries(optional), random.between(4, 9));
    for (const [module, shape] of [...Object.entries(core), ...extras]) {
      if (files <= texts.size) break;
      texts.set(
        `src/${context.folder}/${module}.ts`,
        shape({ context, random, planted: planter(random, planted) }),
      );
    }
    contexts.push(context);
  }
  return { texts, planted };
}

function planter(random, counts) {
  return (rule) => {
    if (!random.chance(plantedShare)) return false;
    counts[rule] = (counts[rule] ?? 0) + 1;
    return true;
  };
}

function describe(index, before, random) {
  const [thing, things_] = things[index % things.length];
  const round = Math.floor(index / things.length);
  const words = qualifiersOf(round);
  const joined = (last) =>
    [...words, last].map((word, at) => (at === 0 ? word : capital(word))).join("");
  const name = joined(thing);
  return {
    name,
    Name: capital(name),
    plural: joined(things_),
    folder: [...words, things_].join("-"),
    fields: random.some(fields, random.between(4, 9)),
    states: random.pick(lifecycles),
    verbs: random.some(verbs, random.between(1, 4)),
    // The near ones, so that the depth of the layers grows with the project and not the number of imports.
    depends: random.some(before.slice(-12), random.between(0, 3)),
  };
}

/** None at first, then one, then two: enough names for tens of thousands of files. */
function qualifiersOf(round) {
  const words = [];
  for (let rest = round; 0 < rest; rest = Math.floor((rest - 1) / qualifiers.length)) {
    words.push(qualifiers[(rest - 1) % qualifiers.length]);
  }
  return words;
}
