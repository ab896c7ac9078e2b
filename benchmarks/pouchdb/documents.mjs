import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** The documents of a file that has one a line, in arrays of `size`. */
export async function* inBatches(path, size) {
  let batch = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (batch.push(JSON.parse(line)) === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length) yield batch;
}

/** When a document changed last, and a wait for that: told by a live listener, as an application would be. */
export class Seen {
  #seconds = new Map();
  #waiting = new Map();

  constructor(database, now) {
    this.listener = database.changes({ since: "now", live: true }).on("change", ({ id }) => {
      this.#seconds.set(id, now());
      this.#waiting.get(id)?.();
    });
  }

  /** The moment of the first change of `id` that nobody has asked for yet. */
  async next(id) {
    if (!this.#seconds.has(id)) {
      await new Promise((resolve) => this.#waiting.set(id, resolve));
      this.#waiting.delete(id);
    }
    const seconds = this.#seconds.get(id);
    this.#seconds.delete(id);
    return seconds;
  }
}
