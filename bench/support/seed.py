"""100,000 bindings in the tables of a stopped server: service accounts that each hold a role at each of many projects.

Through the routes this would be 100,000 changes; the rows are what those would have left, written by one transaction.
The epoch is left as it is: an index reads all of it when the server starts.
"""

import base64
import hashlib
import os
import sqlite3
import time

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
ROLES = ("project-member", "viewer", "billing-viewer", "auditor", "project-admin")


def new_id(prefix):
    """A UUIDv7 as the house writes it: 26 letters of five bits."""
    number = (int(time.time() * 1000) << 80) | (7 << 76) | (2 << 62)
    number |= int.from_bytes(os.urandom(10), "big") & ((1 << 76) - 1) & ~(3 << 62)
    return prefix + "_" + "".join(LETTERS[(number >> shift) & 31] for shift in range(125, -5, -5))


def bindings(database, organization, department, principals=1000, projects=100):
    """Writes principals x projects bindings; the first project, and a key of the first principal, come back."""
    now = int(time.time() * 1_000_000)
    token = "bench_" + base64.urlsafe_b64encode(os.urandom(24)).decode()
    token_hash = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    people = [new_id("prn") for _ in range(principals)]
    places = [new_id("prj") for _ in range(projects)]
    with sqlite3.connect(database) as db:
        by = db.execute("SELECT id FROM principals WHERE kind = 'user'").fetchone()[0]
        db.executemany("INSERT INTO scopes VALUES (?,?,?,?)", [(each, organization, now, by) for each in places])
        db.executemany("INSERT INTO scope_edges VALUES (?,?,?,?,NULL)",
                       [(each, department, f"seeded-{i}", now) for i, each in enumerate(places)])
        db.executemany("INSERT INTO principals VALUES (?,'service_account',?,?,NULL,'active',?,?)",
                       [(each, organization, f"seeded-{i}", now, by) for i, each in enumerate(people)])
        db.executemany("INSERT INTO bindings VALUES (?,?,?,?,?,'allow','bench',?,?,NULL,NULL,NULL)",
                       ((new_id("bnd"), organization, place, person, ROLES[(i + j) % len(ROLES)], now, by)
                        for i, person in enumerate(people) for j, place in enumerate(places)))
        db.execute("INSERT INTO api_keys VALUES (?,?,?,?,'bench',?,?,NULL,NULL)",
                   (new_id("key"), token_hash, people[0], organization, now, by))
        count = db.execute("SELECT count(*) FROM bindings WHERE removed_at IS NULL").fetchone()[0]
    db.close()
    return places[0], token, count
