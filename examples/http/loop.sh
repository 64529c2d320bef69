#!/bin/sh
# A shop over HTTP with curl: catalogue, slate, feedback, and a retry that changes nothing.
# MILLRACE_URL (default http://127.0.0.1:8090) and MILLRACE_TOKEN (default none) name the server.
set -eu
url=${MILLRACE_URL:-http://127.0.0.1:8090}

# post PATH KEY JSON: prints the answer; an error of the server is told, and ends the script.
post() {
  answer=$(curl --silent --show-error --fail-with-body --max-time 10 "$url$1" \
    ${MILLRACE_TOKEN:+--header "authorization: Bearer $MILLRACE_TOKEN"} \
    --header 'content-type: application/json' --header "idempotency-key: $2" --data "$3") ||
    { printf '%s\n' "$answer" >&2; exit 1; }
  printf %s "$answer"
}

# field NAME: the first text under that name in the JSON on stdin.
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

post /v1/items items-1 '{"items": [
  {"itemId": "lamp", "title": "Desk lamp", "groups": ["lamps"], "attributes": {"price": 49}},
  {"itemId": "chair", "title": "Chair", "groups": ["chairs"]},
  {"itemId": "desk", "title": "Desk", "groups": ["desks"]}]}' > /dev/null

# A key for each request. The same key again is the same request.
key="visit-$(date +%s)-$$"
slate=$(post /v1/recommend "$key" '{"userId": "ann", "k": 2, "surface": "home"}')
impression=$(printf %s "$slate" | field impressionId)
item=$(printf %s "$slate" | sed 's/.*"items":\[{"itemId":"\([^"]*\)".*/\1/')

again=$(post /v1/recommend "$key" '{"userId": "ann", "k": 2, "surface": "home"}')
[ "$(printf %s "$again" | field impressionId)" = "$impression" ]

post /v1/feedback "$key-click" "{\"events\": [
  {\"impressionId\": \"$impression\", \"userId\": \"ann\", \"itemId\": \"$item\", \"kind\": \"click\"}]}" > /dev/null
echo "ann saw $impression and clicked $item"
