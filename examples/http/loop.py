"""A shop over HTTP with Python's standard library: catalogue, slate, feedback, and a retry that changes nothing.

MILLRACE_URL (default http://127.0.0.1:8090) and MILLRACE_TOKEN (default none) name the server.
"""

import json
import os
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("MILLRACE_URL", "http://127.0.0.1:8090")
TOKEN = os.environ.get("MILLRACE_TOKEN")


def post(path, body, key, tries=5):
    """Posts JSON. After 408, 429, 503 or no answer it asks again with the same key."""
    headers = {"content-type": "application/json", "idempotency-key": key}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), headers)
    for attempt in range(1, tries + 1):
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (408, 429, 503) or attempt == tries:
                # The body says what, why and what to do.
                raise SystemExit(error.read().decode()) from error
        except OSError:
            if attempt == tries:
                raise
        time.sleep(0.1 * 2**attempt)


post("/v1/items", {"items": [
    {"itemId": "lamp", "title": "Desk lamp", "groups": ["lamps"], "attributes": {"price": 49}},
    {"itemId": "chair", "title": "Chair", "groups": ["chairs"]},
    {"itemId": "desk", "title": "Desk", "groups": ["desks"]},
]}, key="items-1")

# A key for each request. The same key again is the same request.
key = str(uuid.uuid4())
wanted = {"userId": "ben", "k": 2, "surface": "home"}
slate = post("/v1/recommend", wanted, key)
again = post("/v1/recommend", wanted, key)
assert again["impressionId"] == slate["impressionId"] and again["items"] == slate["items"]

for item in slate["items"]:
    print(f"{item['position'] + 1}. {item['itemId']}, propensity {item['propensity']:.2f}")

clicked = slate["items"][0]["itemId"]
outcome = post("/v1/feedback", {"events": [
    {"impressionId": slate["impressionId"], "userId": "ben", "itemId": clicked, "kind": "buy", "value": 49},
]}, key=f"{key}-buy")
assert outcome["written"] == 1
print(f"ben saw {slate['impressionId']} and clicked {clicked}")
