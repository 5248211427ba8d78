// A ticker: who sets a price publishes it to all who watch the stock.

import { createServer } from "node:http";

/** The application, which publishes at `pushUrl`. */
export function ticker(pushUrl) {
  return createServer(async (request, response) => {
    const stock = /^\/prices\/(\w+)$/.exec(request.url)?.[1];
    if (request.method !== "PUT" || stock === undefined) {
      response.writeHead(404).end();
      return;
    }
    let price = "";
    for await (const part of request) price += part;
    const answer = await fetch(`${pushUrl}/publish?channel=${stock}`, {
      method: "POST",
      body: JSON.stringify({ stock, price: Number(price) }),
    });
    response.writeHead(answer.ok ? 204 : 502).end();
  });
}
