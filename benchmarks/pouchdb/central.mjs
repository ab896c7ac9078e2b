// node central.mjs FOLDER: express-pouchdb, with its databases in that folder, on a free port of this machine.
import express from "express";
import expressPouchDB from "express-pouchdb";
import PouchDB from "pouchdb";
import { Seen, inBatches } from "./documents.mjs";
import { doAsTold, nowSeconds } from "./told.mjs";

const Stored = PouchDB.defaults({ prefix: process.argv[2] + "/" });
// Only what replication needs: no users, sessions, logs or validation on the way.
const app = express().use("/", expressPouchDB(Stored, { mode: "minimumForPouchDB" }));
const open = new Map();
const database = (name) => open.get(name) ?? open.set(name, new Stored(name)).get(name);
let seen;

const answers = {
  async fill({ name, path }) {
    for await (const documents of inBatches(path, 1000)) await database(name).bulkDocs(documents);
  },
  async count({ name }) {
    return { documents: (await database(name).info()).doc_count };
  },
  listen({ name }) {
    seen = new Seen(database(name), nowSeconds);
  },
  async seen({ id }) {
    return { seen_s: await seen.next(id) };
  },
  /** Another balance for a member. */
  async change({ name, id, balance_minor }) {
    const member = await database(name).get(id);
    await database(name).put({ ...member, balance_minor });
    return { committed_s: nowSeconds() };
  },
};

const server = app.listen(0, "127.0.0.1", () => doAsTold(answers, { port: server.address().port }));
