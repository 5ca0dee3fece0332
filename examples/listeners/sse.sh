#!/usr/bin/env bash
#
# Listens to a Partnergraph server with nothing but bash and curl, over server-sent events, and prints one JSON line for
# each event, also for those that happened while it was away.
#
#   TOKEN=... examples/listeners/sse.sh
#
#   BASE_URL       the server; default http://127.0.0.1:4000
#   TYPES          only these types, such as INVITATION_ACCEPTED,RELATIONSHIP_REMOVED; default all
#   CUSTOMER       only what concerns this customer
#   CURSOR_FILE    keep the cursor here, and begin after it the next time; one listener a file, any listener's cursor
#   SKIP_LOST=on   when the server has forgotten events that we missed: go on without them
#   TOKEN          a token or an API key; or TOKEN_COMMAND, which prints a fresh token and runs before every connection
#
# How it loses nothing: the server gives the cursor of each event in an `id:` line, and every few seconds, when there
# is nothing for us, one that has no event. We keep it after the event was handled, never before, and send it as
# `Last-Event-ID` whenever we connect. So a crash between the two gives the event once more, with the same position.
#
# Ends with 1 when the server refuses us for good. Stop it as you like, also with kill -9.
set -uo pipefail
export LC_ALL=C

# Your own work. It gets an event as JSON; when it fails, we end, and the next start begins with the same event.
handle() { printf '%s\n' "$1"; }

base_url=${BASE_URL:-http://127.0.0.1:4000}
base_url=${base_url%/}
cursor_file=${CURSOR_FILE:-}
cursor="" position=0 # of the last event that was handled
token="" stream="" curl=""
patience_s=40 # without a word, heartbeats included: then the network must be dead
wait_s=1

say() { printf '%s\n' "$1" >&2; }

case ${1:-} in
  "") ;;
  -h | --help)
    sed -n '3,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    say "sse.sh takes variables and no options; --help has them"
    exit 2
    ;;
esac

give_up() {
  say "refused: $1"
  exit 1
}

keep_cursor() {
  [[ $1 != "$cursor" ]] || return 0
  cursor=$1
  [[ -n $cursor_file ]] || return 0
  # Renaming replaces the file at once: no crash leaves half a cursor.
  { printf '%s\n' "$cursor" >"$cursor_file.new" && mv -f -- "$cursor_file.new" "$cursor_file"; } ||
    give_up "the cursor cannot be kept in $cursor_file"
}

# Puts the first text of this name in a piece of JSON into `found`; fails when there is none.
text_of() {
  local pattern="\"$1\":\"([^\"]*)\""
  [[ $2 =~ $pattern ]] && found=${BASH_REMATCH[1]}
}

# open_stream PATH BODY [HEADER]  asks, and gives the answer to `stream`. Its last line is made by curl: a comment in the
# words of server-sent events, with the status, 000 when nobody answered.
open_stream() {
  # The token goes in by standard input: others can see a command line.
  exec {stream}< <(exec curl --config - --silent --show-error --no-buffer --connect-timeout 10 \
    --header 'content-type: application/json' ${3:+--header "$3"} --data-binary "$2" \
    --write-out '\n: status %{http_code}\n' "$base_url$1" <<<"header = \"authorization: Bearer $token\"")
  curl=$!
}

close_stream() {
  [[ -n $curl ]] || return 0
  exec {stream}<&-
  kill "$curl" 2>/dev/null
  wait "$curl" 2>/dev/null
  curl=""
}

# The first time we begin where the stream ends now: what is there already is not news. Fails when we may try again.
begin_at_the_end() {
  local answer
  open_stream /graphql '{"query":"{ viewer { newestEventCursor } }"}'
  IFS= read -r -d '' -t "$patience_s" answer <&"$stream"
  close_stream
  if text_of newestEventCursor "$answer"; then
    keep_cursor "$found"
  elif [[ $answer != *'"newestEventCursor":null'* ]]; then # null: we may not listen, and the stream will say why
    judge "${answer##*: status }" "${answer%: status *}"
    say "no answer from $base_url; trying again in some $wait_s s"
    return 1
  fi
}

# What to do about a refusal: ends, or returns to try again.
judge() {
  local status=${1%$'\n'} answer=$2
  if [[ $answer == *'"EVENTS_CURSOR_EXPIRED"'* ]]; then
    say "LOST: what happened after the cursor $cursor is partly gone from the server's log"
    [[ -n ${SKIP_LOST:-} ]] && text_of oldestCursor "$answer" ||
      give_up "read anew what you keep a copy of, then start me once with SKIP_LOST=on"
    say "going on from the oldest event there is, after $found"
    keep_cursor "$found"
  elif [[ $answer == *'"EVENTS_CURSOR_'@(FROM_BEFORE_RESTORE|AHEAD)'"'* ]]; then
    found=""
    text_of newestCursor "$answer"
    say "RESTORED: the server's database was set back to an older copy; what some events told may be undone"
    give_up "read anew what you keep a copy of, then write this cursor into CURSOR_FILE and start me again: $found"
  elif [[ $status == 401 || $answer == *'"kind":"UNAUTHENTICATED"'* ]]; then
    [[ -n ${TOKEN_COMMAND:-} ]] || give_up "$answer"
  elif [[ $answer == *'"kind":"'@(INVALID|NOT_FOUND|FORBIDDEN)'"'* || $status == 4@(0[0-79]|1?|2[0-8]|3?) ]]; then
    give_up "${answer:-status $status}"
  fi
}

# Reads one stream to its end.
listen() {
  local line id="" event="" data="" status="" refusal="" is_open="" began=$SECONDS
  while IFS= read -r -t "$patience_s" line <&"$stream"; do
    case $line in
      "id: "*) id=${line#id: } ;;
      "event: "*) event=${line#event: } ;;
      "data: "*) data=${line#data: } ;;
      ": status "*) status=${line#: status } ;;
      :*) [[ -n $is_open ]] || { say listening && is_open=yes; } ;;
      "") # the end of a message
        if [[ $event == next && $data == '{"data":{"events":{'* ]]; then
          take "$data"
        elif [[ $event == next ]]; then
          refusal=$data
        fi
        # Now it is handled. Without data it was a heartbeat, or an event that we did not ask for.
        [[ -z $id ]] || keep_cursor "$id"
        id="" event="" data=""
        ;;
      "data:") ;;
      *) refusal+=$line ;; # no stream: the answer says why
    esac
  done
  [[ $((SECONDS - began)) -lt 10 ]] || wait_s=1
  judge "$status" "$refusal"
  say "connection lost (${refusal:-status ${status:-unknown}}); trying again in some $wait_s s"
}

# Hands an event over, unless we have it already.
take() {
  local event=${1#'{"data":{"events":'} position_of='"position":([0-9]+)'
  [[ $event != *,\"extensions\":* ]] || event=${event%,\"extensions\":*}\} # what it cost
  event=${event%"}}"}
  [[ $event =~ $position_of ]] || give_up "an event without a position: $event"
  [[ ${BASH_REMATCH[1]} -gt $position ]] || return 0
  handle "$event" || give_up "the event at position ${BASH_REMATCH[1]} could not be handled"
  position=${BASH_REMATCH[1]}
}

# What we ask, as JSON.
types=${TYPES:+\"${TYPES//,/\",\"}\"}
types=${types:+[$types]}
variables="{\"types\":${types:-null}${CUSTOMER:+,\"customerId\":\"$CUSTOMER\"}}"
query="subscription (\$types: [EventType!] ${CUSTOMER:+\$customerId: ID}) {
  events(types: \$types ${CUSTOMER:+customerId: \$customerId}) {
    id position cursor type occurredAt actorId
    ... on InvitationEvent { invitationId partnerId partnerName providerId recipientEmail reusable }
    ... on InvitationAcceptedEvent { customerId companyName domain relationshipIds }
    ... on InvitationDeclinedEvent { answeredByCustomerId answeredByCompanyName answeredByDomain }
    ... on RelationshipEvent {
      relationshipId partnerId partnerName customerId companyName domain establishedByInvitationId
    }
    ... on CustomerEvent { customerId partnerId companyName domain }
    ... on SubscriptionEvent { subscriptionId customerId partnerId resellerId offerId offerName quantity status }
  }
}"
body="{\"query\":\"${query//$'\n'/ }\",\"variables\":$variables}"

[[ -n ${TOKEN:-}${TOKEN_COMMAND:-} ]] || { say "a token is needed: set TOKEN or TOKEN_COMMAND; --help has all variables" && exit 2; }
[[ ${TYPES:-}${CUSTOMER:-} =~ ^[A-Za-z0-9_,]*$ ]] || { say "TYPES and CUSTOMER are names" && exit 2; }
[[ -z $cursor_file || ! -s $cursor_file ]] || cursor=$(cat -- "$cursor_file") || exit 2
[[ $cursor =~ ^[A-Za-z0-9_=-]*$ ]] || { say "there is no cursor in $cursor_file" && exit 2; }
trap close_stream EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

while true; do
  token=${TOKEN:-}
  [[ -z ${TOKEN_COMMAND:-} ]] || token=$(sh -c "$TOKEN_COMMAND") || say "TOKEN_COMMAND failed"
  if [[ -n $cursor ]] || begin_at_the_end; then
    open_stream /graphql/stream "$body" ${cursor:+"last-event-id: $cursor"}
    listen
    close_stream
  fi
  sleep "$wait_s.$((RANDOM % 10))"
  wait_s=$((wait_s < 16 ? wait_s * 2 : 16))
done
