// The job as a script around undici does it: put_undici.js INPUT.csv OUTCOMES.csv URL CA_FILE CONNECTIONS
"use strict";
const fs = require("fs");
const readline = require("readline");
const { Pool } = require("undici");

const [source, target, url, caFile, connections] = process.argv.slice(2);
const headers = { "X-Auth-Token": "sandbox-token", "Content-Type": "application/json", Accept: "application/json" };

async function send(pool, rows, outcomes) {
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const [customer, allow, deny] = next.value.split(",");
    const body = JSON.stringify({ allow: allow.split("|"), deny: deny.split("|") });
    const reply = await pool.request({ method: "PUT", path: `/stores/sandbox/v3/customers/${customer}/consent`, headers, body });
    const held = JSON.stringify(await reply.body.json());
    outcomes.write(`${customer},${reply.statusCode === 200 && held === body ? "applied" : "failed"}\n`);
  }
}

async function main() {
  const pool = new Pool(url, { connections: Number(connections), connect: { ca: fs.readFileSync(caFile) } });
  const outcomes = fs.createWriteStream(target);
  const rows = readline.createInterface({ input: fs.createReadStream(source) })[Symbol.asyncIterator]();
  await rows.next();  // the header row
  await Promise.all(Array.from({ length: Number(connections) }, () => send(pool, rows, outcomes)));
  await pool.close();
  outcomes.end();
}

main();
