// node terminal.mjs FOLDER: PouchDB on leveldown in that folder, every write of its own synced to the disk.
import { Agent } from "node:http";
import leveldown from "leveldown";
import PouchDB from "pouchdb";
import { Seen, inBatches } from "./documents.mjs";
import { doAsTold, nowSeconds } from "./told.mjs";

// PouchDB has no option for it: what it is given reaches LevelDB's open, but not its writes.
function synced(location) {
  const store = leveldown(location);
  const batch = store._batch;
  store._batch = (operations, options, done) => batch.call(store, operations, { ...options, sync: true }, done);
  return store;
}
synced.destroy = leveldown.destroy;

// Without one, node-fetch opens a connection for each request.
const agent = new Agent({ keepAlive: true });
const database = new PouchDB(process.argv[2] + "/terminal", { db: synced });
let central, seen, live;

async function timed(work) {
  const began = nowSeconds();
  const { docs_written, docs_read } = await work();
  return { seconds: nowSeconds() - began, written: docs_written, read: docs_read };
}

const answers = {
  async connect({ url }) {
    central = new PouchDB(url, { fetch: (to, how) => PouchDB.fetch(to, { ...how, agent }) });
    await central.info();
  },
  async fill({ path }) {
    for await (const documents of inBatches(path, 1000)) await database.bulkDocs(documents);
  },
  push: ({ batch }) => timed(() => database.replicate.to(central, { batch_size: batch })),
  pull: ({ batch }) => timed(() => database.replicate.from(central, { batch_size: batch })),
  /** One after the other: milliseconds of each. */
  async write({ path, count }) {
    const [documents] = await inBatches(path, count).next().then(({ value }) => [value]);
    const milliseconds = [];
    for (const document of documents) {
      const began = nowSeconds();
      await database.put(document);
      milliseconds.push((nowSeconds() - began) * 1000);
    }
    return { ms: milliseconds };
  },
  /** Each sale's facts as documents of their own, all in one call or one by one; those that change are there before,
   *  and their revisions are known. */
  async sales({ path, count, together }) {
    const [sales] = await inBatches(path, count).next().then(({ value }) => [value]);
    const revisions = new Map();
    const note = (written) => {
      for (const { ok, id, rev } of written) {
        if (!ok) throw new Error("a document was not written");
        revisions.set(id, rev);
      }
    };
    const before = new Map(sales.flatMap(({ changed }) => changed.map((document) => [document._id, document])));
    note(await database.bulkDocs([...before.values()]));
    const milliseconds = [];
    for (const { made, changed } of sales) {
      const documents = [...made, ...changed.map((it) => ({ ...it, _rev: revisions.get(it._id) }))];
      const began = nowSeconds();
      const written = together ? await database.bulkDocs(documents) : [];
      if (!together) for (const document of documents) written.push(await database.put(document));
      milliseconds.push((nowSeconds() - began) * 1000);
      note(written);
    }
    return { ms: milliseconds };
  },
  async live({ batch }) {
    await database.replicate.from(central, { batch_size: batch });
    live = database.sync(central, { live: true, retry: true, batch_size: batch });
    await new Promise((resolve) => live.once("paused", resolve));
    seen = new Seen(database, nowSeconds);
  },
  async sell({ document }) {
    await database.put(document);
    return { committed_s: nowSeconds() };
  },
  async seen({ id }) {
    const seen_s = await seen.next(id);
    return { seen_s, balance_minor: (await database.get(id)).balance_minor };
  },
};

await doAsTold(answers, {});
