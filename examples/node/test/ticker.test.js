import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { ticker } from "../ticker.js";
import { startPushServer, subscribe } from "../testing/push-server.js";

let push, application, url;

before(async () => {
  push = await startPushServer();
  application = ticker(push.url).listen(0, "127.0.0.1");
  await once(application, "listening");
  url = `http://127.0.0.1:${application.address().port}`;
});

after(async () => {
  application.close();
  await push.stop();
});

test("a price reaches those who watch the stock", async () => {
  const prices = await subscribe(`${push.url}/events/ACME`);
  const answer = await fetch(`${url}/prices/ACME`, { method: "PUT", body: "12.5" });
  assert.equal(answer.status, 204);
  const { value } = await prices.next();
  assert.deepEqual(JSON.parse(value), { stock: "ACME", price: 12.5 });
  await prices.return();
});

test("a price of another stock does not", async () => {
  const prices = await subscribe(`${push.url}/events/ACME`);
  await fetch(`${url}/prices/OTHER`, { method: "PUT", body: "1" });
  await fetch(`${url}/prices/ACME`, { method: "PUT", body: "2" });
  assert.equal(JSON.parse((await prices.next()).value).price, 2);
  await prices.return();
});
