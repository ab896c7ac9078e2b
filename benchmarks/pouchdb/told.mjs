// A commanded program: the other side of Commanded in benchmarks/programs.py.
import { createInterface } from "node:readline";

export const nowSeconds = () => Number(process.hrtime.bigint()) / 1e9; // CLOCK_MONOTONIC, as Python's time.monotonic()

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

/** Answers commands, one JSON object a line, until standard input ends. */
export async function doAsTold(answers, ready) {
  say(ready);
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...how } = JSON.parse(line);
    try {
      say((await answers[name](how)) ?? {});
    } catch (error) {
      say({ failed: String(error?.reason ?? error?.message ?? error) });
    }
  }
  process.exit(0);
}
