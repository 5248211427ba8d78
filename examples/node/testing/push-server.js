// The push server of the tests: `ngxpush run` as a child process, on a port that is free.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CONFIGURATION = fileURLToPath(new URL("../nginx.conf", import.meta.url));

/** Start it. Returns its URL, and a function that ends it. */
export async function startPushServer() {
  // 8080=0: a free port in place of that of `listen 8080`.
  const options = ["--host", "127.0.0.1", "--listen", "8080=0", "--no-console"];
  const child = spawn("ngxpush", ["run", CONFIGURATION, ...options], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  const said = [];
  const url = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`ngxpush has ended:\n${said.join("\n")}`)));
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const address = /: listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address) resolve(`http://${address}`);
    });
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The data of each event that comes to a subscriber. Its answer has begun when this returns. */
export async function subscribe(url) {
  const answer = await fetch(url);
  return (async function* () {
    let rest = "";
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line.startsWith("data: ")) yield line.slice("data: ".length).trimEnd();
    }
  })();
}
