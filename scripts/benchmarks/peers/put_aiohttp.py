"""The job as a script around aiohttp does it: put_aiohttp.py INPUT.csv OUTCOMES.csv URL CA_FILE CONNECTIONS"""
import asyncio
import csv
import ssl
import sys

import aiohttp

HEADERS = {"X-Auth-Token": "sandbox-token", "Accept": "application/json"}


async def send(session, url, rows, outcomes):
    for row in rows:
        choice = {"allow": row["allow"].split("|"), "deny": row["deny"].split("|")}
        async with session.put(f"{url}/stores/sandbox/v3/customers/{row['customer_id']}/consent", json=choice) as reply:
            held = await reply.json()
            is_applied = reply.status == 200 and held == choice
            outcomes.writerow([row["customer_id"], "applied" if is_applied else "failed"])


async def main():
    source, target, url, ca_file, connections = sys.argv[1:]
    context = ssl.create_default_context(cafile=ca_file)
    connector = aiohttp.TCPConnector(limit=int(connections), ssl=context)
    with open(source, newline="", encoding="utf-8") as file, open(target, "w", newline="", encoding="utf-8") as out:
        rows = csv.DictReader(file)
        outcomes = csv.writer(out)
        async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:
            await asyncio.gather(*(send(session, url, rows, outcomes) for _ in range(int(connections))))


asyncio.run(main())
