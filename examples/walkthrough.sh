#!/usr/bin/env bash
#
# Plays the whole story against a running server: a partner invites a customer, the customer accepts, the partner
# sells, removes the relationship and gets the customer back, and live listeners hear of it. Prints each step with
# what was asked and what came back; ends non-zero at the first surprise. It leaves no relationship and no active
# subscription behind, so it can be run again and again (not twice at once: there is one story for one set of people).
#
#   BASE_URL                  default http://127.0.0.1:4000
#   TOKEN_DIRECT_AGENT, TOKEN_DIRECT_SALES, TOKEN_PROVIDER_AGENT, TOKEN_RESELLER_AGENT, TOKEN_CUSTOMER_ADMIN_1,
#   TOKEN_CUSTOMER_ADMIN_2    who plays; what is not set comes from `npm run -s token -- NAME`, which needs the
#                             server's DATA_DIR
#
# Needs bash, curl, and node for the listener.
set -Eeuo pipefail
export LC_ALL=C
shopt -u patsub_replacement 2>/dev/null || true # bash 5.2 gives & in a replacement a meaning; others do not

case ${1:-} in
  "") ;;
  -h | --help)
    sed -n '3,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    printf 'walkthrough.sh takes variables and no options; --help has them\n' >&2
    exit 2
    ;;
esac

base_url=${BASE_URL:-http://127.0.0.1:4000}
base_url=${base_url%/}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# mktemp puts letters of its own in the place of the Xs.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/walkthrough.XXXXXX")
listeners=""   # process ids
listener=""    # process id of the one started last
steps=0
question=""    # what was asked last, for the message at a surprise
answer=""      # what came back; value_of, holds and lacks look into it
found=""       # what value_of, number_of and json found

# ---------------------------------------------------------------------------------------------------- telling

step() {
  steps=$((steps + 1))
  printf '\n%2d. %s\n' "$steps" "$1"
}

asks() { printf '    %s asks: %s\n' "$1" "$2"; }

told() { printf '    -> %s\n' "$1"; }

# Ends everything: what was expected is not what is.
surprise() {
  trap - ERR
  {
    printf '\nSURPRISE in step %s: %s\n' "$steps" "$1"
    [[ -z $question ]] || printf '  asked:     %s\n' "$question"
    [[ -z $answer ]] || printf '  came back: %s\n' "$answer"
  } >&2
  exit 1
}

stop_listeners() {
  local pid
  for pid in $listeners; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  listeners=""
}

trap 'surprise "line $LINENO of this script failed"' ERR
trap 'stop_listeners; rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------------------------------------------- people

# direct-agent -> TOKEN_DIRECT_AGENT
token_name() { found="TOKEN_$(printf '%s' "$1" | tr 'a-z-' 'A-Z_')"; }

# Takes the token of each person from the environment, or fetches it, once.
fetch_tokens() {
  local person name printer=dist/src/partnergraph.js is_built=""
  for person in "$@"; do
    token_name "$person"
    name=$found
    [[ -z ${!name:-} ]] || continue
    question="npm run -s token -- $person"
    if [[ -n $is_built && -f $here/../$printer ]]; then
      # The same, without looking once more whether the program must be built.
      answer=$(cd -- "$here/.." && node "$printer" token "$person" 2>&1) || true
    else
      answer=$(cd -- "$here/.." && npm run -s token -- "$person" 2>&1) || true
      is_built=yes
    fi
    [[ $answer =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]] ||
      surprise "there is no token for $person; set $name, or DATA_DIR to the server's"
    printf -v "$name" '%s' "$answer"
  done
  question="" answer=""
}

# ---------------------------------------------------------------------------------------------------- asking

# Makes a JSON string of a text.
json() {
  local text=$1 backslash='\' quote='"'
  text=${text//"$backslash"/$backslash$backslash}
  text=${text//"$quote"/$backslash$quote}
  text=${text//$'\n'/${backslash}n}
  text=${text//$'\t'/${backslash}t}
  found="$quote$text$quote"
}

# post PERSON DOCUMENT [NAME=TEXT | NAME:=JSON]...  sends one GraphQL request and puts what comes back into `answer`.
post() {
  local person=$1 document=$2 variables="" shown="" name value pair
  shift 2
  for pair in "$@"; do
    name=${pair%%=*}
    value=${pair#*=}
    if [[ $name == *: ]]; then
      name=${name%:}
      found=$value
    else
      json "$value"
    fi
    variables="$variables${variables:+, }\"$name\": $found"
    shown="$shown${shown:+, }$name: $found"
  done
  local root='\{[[:space:]]*([A-Za-z]+)'
  [[ $document =~ $root ]] && root=${BASH_REMATCH[1]}
  while [[ $shown =~ [A-Za-z0-9_-]{40,} ]]; do # a link is a secret
    shown=${shown//${BASH_REMATCH[0]}/${BASH_REMATCH[0]:0:6}...}
  done
  asks "$person" "$root${shown:+ ($shown)}"
  json "$document"
  question="{\"query\": $found, \"variables\": {$variables}} as $person"
  token_name "$person"
  answer=$(printf '%s' "${question% as *}" | curl --silent --show-error --max-time 30 --data-binary @- \
    --header 'content-type: application/json' --header "authorization: Bearer ${!found}" \
    "$base_url/graphql" 2>&1) || surprise "no answer from $base_url/graphql"
  local cost=',"extensions":{"cost":'
  [[ $answer != *"$cost"* ]] || answer="${answer%"$cost"*}}" # what it cost is no part of this story
}

# ask: like post, and it must be done.
ask() {
  post "$@"
  [[ $answer != *'"errors":['* ]] || surprise "this should have been answered"
  [[ $answer != *'"userErrors":[{'* ]] || surprise "this should have been done"
  holds '{"data":{'
}

# refused CODE PERSON DOCUMENT ...: a mutation must be refused with this code alone, as data, and do nothing. The
# document selects userErrors first and then one more field, which must be null.
refused() {
  local code=$1
  shift
  post "$@"
  [[ $answer != *'"errors":['* ]] || surprise "this should have been refused as data, with $code"
  holds "\"userErrors\":[{\"code\":\"$code\","
  [[ ${answer#*\"code\":\"} != *'"code":"'* ]] || surprise "there should be one reason only, $code"
  [[ $answer == *':null}}}'* ]] || surprise "it was refused, so nothing should have been done"
  value_of message
  told "refused, $code: $found"
}

# stopped CODE PERSON DOCUMENT ...: must be stopped at the door with this code: an error, and no data.
stopped() {
  local code=$1
  shift
  post "$@"
  [[ $answer == *'"errors":[{'* ]] || surprise "this should have been stopped at the door, with $code"
  holds "\"extensions\":{\"code\":\"$code\","
  [[ ${answer#*\"code\":\"} != *'"code":"'* ]] || surprise "there should be one reason only, $code"
  [[ $answer != *'"data":{'* || $answer =~ '"data":{"'[A-Za-z]+'":null}}' ]] || surprise "there should be no data"
  value_of message
  told "stopped, $code: $found"
}

# ---------------------------------------------------------------------------------------------------- looking

# The answer holds this piece of JSON.
holds() { [[ $answer == *"$1"* ]] || surprise "what came back should hold $1"; }

# It does not.
lacks() { [[ $answer != *"$1"* ]] || surprise "what came back should not hold $1"; }

# Both texts are the same.
same() { [[ $1 == "$2" ]] || surprise "$3: it is $1, and should be $2"; }

# Puts the first text of this name into `found`, as JSON has it.
value_of() {
  local pattern="\"$1\":\"(([^\"\\]|\\\\.)*)\""
  [[ $answer =~ $pattern ]] || surprise "what came back should have a text $1"
  found=${BASH_REMATCH[1]}
}

# The same for a whole number.
number_of() {
  local pattern="\"$1\":([0-9]+)[,}]"
  [[ $answer =~ $pattern ]] || surprise "what came back should have a number $1"
  found=${BASH_REMATCH[1]}
}

# How many times a piece of JSON is in the answer.
count_of() {
  local rest=$answer
  found=0
  while [[ $rest == *"$1"* ]]; do
    rest=${rest#*"$1"}
    found=$((found + 1))
  done
}

# ---------------------------------------------------------------------------------------------------- hearing

# start_listener NAME PERSON [OPTION]...
start_listener() {
  local name=$1 person=$2
  shift 2
  : >"$scratch/$name.events" >"$scratch/$name.log"
  token_name "$person"
  TOKEN=${!found} node "$here/listeners/websocket.mjs" --base-url "$base_url" "$@" \
    >"$scratch/$name.events" 2>"$scratch/$name.log" &
  listener=$!
  listeners="$listeners $listener"
  question="examples/listeners/websocket.mjs --base-url $base_url $*, as $person"
}

# listen NAME PERSON TYPE  starts a listener and waits until it listens.
listen() {
  local tries=0
  start_listener "$1" "$2" --types "$3"
  asks "$2" "events of type $3, live from now on"
  until grep -q '^listening$' "$scratch/$1.log"; do
    tries=$((tries + 1))
    if [[ $tries -gt 100 ]] || ! kill -0 "$listener" 2>/dev/null; then
      answer=$(cat -- "$scratch/$1.log")
      surprise "the listener does not listen"
    fi
    sleep 0.1
  done
  told "listening"
}

# Waits until the listener started last has ended by itself, as it should.
ended_well() {
  local tries=0 code=0
  while kill -0 "$listener" 2>/dev/null; do
    tries=$((tries + 1))
    [[ $tries -le 100 ]] || surprise "the listener should have ended"
    sleep 0.1
  done
  listeners=${listeners% "$listener"}
  wait "$listener" || code=$?
  same "$code" 0 "the code that the listener ended with"
}

# hear NAME N  waits for the listener's Nth event and puts it into `answer`.
hear() {
  local name=$1 tries=0
  question="event $2 of the listener $name"
  answer=""
  until answer=$(sed -n "$2p" "$scratch/$name.events") && [[ -n $answer ]]; do
    tries=$((tries + 1))
    if [[ $tries -gt 100 ]]; then
      answer=$(cat -- "$scratch/$name.events" "$scratch/$name.log")
      surprise "the event does not arrive"
    fi
    sleep 0.1
  done
}

# ---------------------------------------------------------------------------------------------------- the story's verbs

# invite PERSON EMAIL [NAME=TEXT]...  makes an invitation; sets `invitation`, `link` and `token`.
invite() {
  local person=$1 email=$2
  shift 2
  ask "$person" 'mutation ($email: String!, $provider: ID) {
      inviteCustomer(input: { recipientEmail: $email, indirectProviderId: $provider }) {
        userErrors { code field message }
        invitation { invitationId: id status }
        link
        draft { subject body mailto }
      }
    }' "email=$email" "$@"
  holds '"status":"PENDING"'
  value_of invitationId && invitation=$found
  value_of link && link=$found
  token=${link#*#}
  [[ $link =~ ^https?://[^#]+/invitation#[A-Za-z0-9_-]{43}$ ]] || surprise "the link should be personal"
  value_of body
  [[ $found == *"$link"* ]] || surprise "the draft should hold the link"
  value_of mailto
  [[ $found == mailto:* && $found == *"$token"* && $found != *[[:space:]]* ]] ||
    surprise "the address for the mail program should hold the link, with everything encoded"
  told "the invitation $invitation is pending; the draft e-mail has a personal link"
}

ACCEPT='mutation ($token: String!) {
  acceptInvitation(input: { token: $token }) {
    userErrors { code field message }
    relationships { relationshipId: id partnerId status }
  }
}'

SUSPEND='mutation ($subscription: ID!) {
  suspendSubscription(input: { subscriptionId: $subscription }) {
    userErrors { code field message }
    subscription { subscriptionId: id status autoRenewEnabled }
  }
}'

REMOVE='mutation ($relationship: ID!) {
  removeRelationship(input: { relationshipId: $relationship }) {
    userErrors { code field message details { ... on RemovalBlockersDetails { blockers { subscriptionId offerName quantity } } } }
    relationship { relationshipId: id status }
  }
}'

CUSTOMER='query ($customer: ID!) {
  customers(filter: { id: $customer }) {
    totalCount
    nodes {
      customerId: id companyName domain
      removalBlockers { subscriptionId offerName quantity }
      relationships { relationshipId: id partnerId status }
    }
  }
}'

# accept PERSON TOKEN NUMBER  accepts, and finds this number of relationships, all active.
accept() {
  ask "$1" "$ACCEPT" "token=$2"
  count_of '"status":"ACTIVE"'
  same "$found" "$3" "active relationships that came of it"
  count_of '"relationshipId":'
  same "$found" "$3" "relationships that came of it"
}

# part PERSON PARTNER CUSTOMER  removes the partner's relationship with the customer, if there is one, after
# suspending what blocks it.
part() {
  local person=$1 relationship rest
  ask "$person" "$CUSTOMER" "customer=$3"
  local ours="\"relationshipId\":\"([^\"]+)\",\"partnerId\":\"$2\"" blocker='"subscriptionId":"([^"]+)"'
  if ! [[ $answer =~ $ours ]]; then
    holds '"nodes":[]'
    told "there is no relationship"
    return
  fi
  relationship=${BASH_REMATCH[1]}
  told "there is the relationship $relationship"
  rest=$answer
  while [[ $rest =~ $blocker ]]; do
    rest=${rest#*"${BASH_REMATCH[0]}"}
    ask "$person" "$SUSPEND" "subscription=${BASH_REMATCH[1]}"
    holds '"status":"SUSPENDED"'
    told "suspended"
  done
  ask "$person" "$REMOVE" "relationship=$relationship"
  holds '"status":"REMOVED"'
  told "removed"
  ask "$person" "$CUSTOMER" "customer=$3"
  holds '"totalCount":0,"nodes":[]'
  told "the customer is not in the list"
}

# find_subscription PERSON CUSTOMER STATUS ID  looks for it in the whole list, a page after the other.
find_subscription() {
  local after=null
  while true; do
    ask "$1" 'query ($customer: ID!, $status: SubscriptionStatus!, $after: String) {
        subscriptions(customerId: $customer, status: $status, first: 500, after: $after) {
          nodes { subscriptionId: id }
          pageInfo { hasNextPage endCursor }
        }
      }' "customer=$2" "status=$3" "after:=$after"
    [[ $answer != *"\"subscriptionId\":\"$4\""* ]] || return 0
    holds '"hasNextPage":true'
    value_of endCursor
    after="\"$found\""
  done
}

# ==================================================================================================== the story

printf 'The story of Partnergraph, played against %s\n' "$base_url"

step "Is the server there?"
for path in /healthz /readyz; do
  asks "anybody" "$path"
  question="$base_url$path"
  answer=$(curl --silent --show-error --fail --max-time 10 "$base_url$path" 2>&1) ||
    surprise "the server does not answer; start it with npm start, or set BASE_URL"
  value_of status
  told "$found"
  [[ $found == ok || $found == ready ]] || surprise "the server is not ready"
done
question="" answer=""
fetch_tokens direct-agent direct-sales customer-admin-1 customer-admin-2 reseller-agent provider-agent

step "Who am I?"
ask direct-agent '{ viewer { kind displayName permissions partner { partnerId: id partnerName: name } } }'
holds '"kind":"PARTNER_USER"'
holds '"invitation.create"'
holds '"relationship.remove"'
value_of partnerId && direct=$found
value_of partnerName && direct_name=$found
value_of displayName
told "$found of the partner $direct_name, who may invite customers and remove relationships"

WHO_IS_THE_CUSTOMER='{ viewer { kind email displayName customer { customerId: id companyName domain country } } }'
ask customer-admin-1 "$WHO_IS_THE_CUSTOMER"
holds '"kind":"CUSTOMER_USER"'
value_of customerId && customer1=$found
value_of companyName && company1=$found
value_of domain && domain1=$found
value_of country && country1=$found
value_of email && email1=$found
value_of displayName
told "$found of the customer $company1"
ask customer-admin-2 "$WHO_IS_THE_CUSTOMER"
holds '"kind":"CUSTOMER_USER"'
value_of customerId && customer2=$found
value_of companyName && company2=$found
value_of email && email2=$found
value_of displayName
told "$found of another customer, $company2"
# carla@contoso.example -> carla+1763720000.4711@contoso.example: one pending invitation to an address at a time.
run="$(date +%s).$RANDOM"
email1="${email1%@*}+$run@${email1##*@}"
email2="${email2%@*}+$run@${email2##*@}"

step "What an earlier walkthrough that was cut off may have left is put away"
part direct-agent "$direct" "$customer1"

step "A sales agent may not see customers, and is told which roles may"
stopped FORBIDDEN direct-sales '{ customers { nodes { id } } }'
holds '"roles":['
holds '"GLOBAL_ADMIN"'
holds '"ADMIN_AGENT"'

step "Two listeners, for the customers that come and for those that leave"
listen accepted direct-agent INVITATION_ACCEPTED
listen removed direct-agent RELATIONSHIP_REMOVED

step "The partner invites $company1"
invite direct-agent "$email1"
invitation1=$invitation link1=$link token1=$token

step "The partner writes the draft in its own words, and keeps the link"
EDIT='mutation ($invitation: ID!, $subject: String, $body: String!) {
  editInvitation(input: { invitationId: $invitation, subject: $subject, body: $body }) {
    userErrors { code field message }
    draft { subject body }
  }
}'
subject="\"$direct_name\" & you"
body="Dear Carla,

this is the link: $link1

Yours, $direct_name"
ask direct-agent "$EDIT" "invitation=$invitation1" "subject=$subject" "body=$body"
json "$subject" && holds "\"subject\":$found"
json "$body" && holds "\"body\":$found"
told "the draft has the new words and the link"

step "A text without the link is refused"
refused INVITATION_LINK_MISSING direct-agent "$EDIT" "invitation=$invitation1" "body=Dear Carla, we lost the link."

step "A second invitation to the same address is refused while the first is pending"
refused INVITATION_ALREADY_PENDING direct-agent 'mutation ($email: String!) {
    inviteCustomer(input: { recipientEmail: $email }) {
      userErrors { code field message details { ... on ExistingObjectDetails { existingId } } }
      invitation { id }
    }
  }' "email=$email1"
holds "\"existingId\":\"$invitation1\""

step "The customer opens the link"
OPEN='query ($token: String!) {
  invitation(token: $token) { id invitationId status canAccept companyDetailsRequired partnerName providerName }
}'
ask customer-admin-1 "$OPEN" "token=$token1"
holds "\"invitationId\":\"$invitation1\",\"status\":\"PENDING\",\"canAccept\":true,\"companyDetailsRequired\":false"
holds "\"partnerName\":\"$direct_name\",\"providerName\":null"
told "$direct_name invites; it can be accepted"

step "The link is for customers, and without its last letter it is no link"
stopped FORBIDDEN direct-agent "$OPEN" "token=$token1"
lacks "$direct_name"
stopped INVITATION_NOT_FOUND customer-admin-1 "$OPEN" "token=${token1%?}"

step "The customer accepts"
accept customer-admin-1 "$token1" 1
holds "\"partnerId\":\"$direct\""
value_of relationshipId && relationship1=$found
told "the relationship $relationship1 is active"

step "The listener hears of it"
hear accepted 1
holds '"type":"INVITATION_ACCEPTED"'
holds "\"invitationId\":\"$invitation1\""
holds "\"customerId\":\"$customer1\""
holds "\"companyName\":\"$company1\""
holds "\"domain\":\"$domain1\""
holds "\"relationshipIds\":[\"$relationship1\"]"
value_of id && event1=$found
value_of cursor && cursor1=$found
number_of position && position1=$found
told "INVITATION_ACCEPTED, $company1, position $position1"

step "The customer accepts once more: the same relationship comes back"
accept customer-admin-1 "$token1" 1
value_of relationshipId
same "$found" "$relationship1" "the relationship"
told "the relationship $found, as before"

step "To another customer the link does not exist"
refused INVITATION_NOT_FOUND customer-admin-2 "$ACCEPT" "token=$token1"
stopped INVITATION_NOT_FOUND customer-admin-2 "$OPEN" "token=$token1"
lacks "$direct_name"

step "The customer is in the partner's list"
ask direct-agent "$CUSTOMER" "customer=$customer1"
holds '"totalCount":1,'
holds "\"customerId\":\"$customer1\",\"companyName\":\"$company1\",\"domain\":\"$domain1\",\"removalBlockers\":[]"
holds "\"relationshipId\":\"$relationship1\",\"partnerId\":\"$direct\",\"status\":\"ACTIVE\""
told "$company1, and nothing blocks the removal"

step "The partner looks for an offer in the customer's country"
ask direct-agent 'query ($country: String!) {
    offers(country: $country, availableOnly: true, isAddOn: false, isTrial: false, first: 500) {
      nodes { offerId: id offerName: name minimumQuantity maximumQuantity }
    }
  }' "country=$country1"
offer="" rest=$answer
pattern='"offerId":"([^"]+)","offerName":"(([^"\]|\\.)*)","minimumQuantity":([0-9]+),"maximumQuantity":([0-9]+)\}'
while [[ -z $offer && $rest =~ $pattern ]]; do
  rest=${rest#*"${BASH_REMATCH[0]}"}
  # One more than the maximum must still be a number that GraphQL can hold.
  if [[ ${BASH_REMATCH[4]} -ge 1 && ${BASH_REMATCH[5]} -lt 2147483647 ]]; then
    offer=${BASH_REMATCH[1]} offer_name=${BASH_REMATCH[2]}
    minimum=${BASH_REMATCH[4]} maximum=${BASH_REMATCH[5]}
  fi
done
[[ -n $offer ]] || surprise "there should be an offer with limits for $country1"
told "$offer_name, from $minimum to $maximum"

BUY='mutation ($customer: ID!, $offer: ID!, $quantity: Int!) {
  createSubscription(input: { customerId: $customer, offerId: $offer, quantity: $quantity }) {
    userErrors { code field message details { ... on RangeDetails { minimum maximum } } }
    subscription { subscriptionId: id status offerName quantity customerId }
  }
}'

step "More than the offer allows is refused, with the limits"
refused QUANTITY_OUT_OF_RANGE direct-agent "$BUY" "customer=$customer1" "offer=$offer" "quantity:=$((maximum + 1))"
holds "\"field\":\"quantity\""
holds "\"details\":{\"minimum\":$minimum,\"maximum\":$maximum}"

step "The partner buys a subscription for the customer"
ask direct-agent "$BUY" "customer=$customer1" "offer=$offer" "quantity:=$minimum"
holds "\"status\":\"ACTIVE\",\"offerName\":\"$offer_name\",\"quantity\":$minimum,\"customerId\":\"$customer1\""
value_of subscriptionId && subscription1=$found
told "the subscription $subscription1 is active"

step "Now something blocks the removal, and the customer's record says what"
blocker="{\"subscriptionId\":\"$subscription1\",\"offerName\":\"$offer_name\",\"quantity\":$minimum}"
ask direct-agent "$CUSTOMER" "customer=$customer1"
holds "\"removalBlockers\":[$blocker]"
told "$minimum of $offer_name, $subscription1"

step "The removal is refused and names it"
refused RELATIONSHIP_HAS_BLOCKERS direct-agent "$REMOVE" "relationship=$relationship1"
holds "\"details\":{\"blockers\":[$blocker]}"

step "The partner suspends the subscription"
ask direct-agent "$SUSPEND" "subscription=$subscription1"
holds "\"subscriptionId\":\"$subscription1\",\"status\":\"SUSPENDED\",\"autoRenewEnabled\":false"
told "suspended; it will not renew"

step "The partner removes the relationship"
ask direct-agent "$REMOVE" "relationship=$relationship1"
holds "\"relationshipId\":\"$relationship1\",\"status\":\"REMOVED\""
told "removed"

step "The other listener hears of it, and still learns which customer it was"
hear removed 1
holds '"type":"RELATIONSHIP_REMOVED"'
holds "\"relationshipId\":\"$relationship1\""
holds "\"customerId\":\"$customer1\""
holds "\"companyName\":\"$company1\""
holds "\"domain\":\"$domain1\""
value_of id && removed1=$found
told "RELATIONSHIP_REMOVED, $company1"

step "The customer has left the list"
ask direct-agent "$CUSTOMER" "customer=$customer1"
holds '"totalCount":0,"nodes":[]'
told "no such customer in the list"
stopped CUSTOMER_NOT_FOUND direct-agent 'query ($customer: ID!) { customer(id: $customer) { id } }' "customer=$customer1"

step "Removing it again is refused"
refused RELATIONSHIP_ALREADY_REMOVED direct-agent "$REMOVE" "relationship=$relationship1"

step "The suspended subscription is still there"
find_subscription direct-agent "$customer1" SUSPENDED "$subscription1"
told "$subscription1 is suspended"

step "The partner invites the customer again, who accepts: it is back"
invite direct-agent "$email1"
invitation2=$invitation
[[ $link != "$link1" && $invitation != "$invitation1" ]] || surprise "it should be a new invitation"
accept customer-admin-1 "$token" 1
value_of relationshipId
same "$found" "$relationship1" "the relationship that is active again"
told "the relationship $found is active again"
ask direct-agent "$CUSTOMER" "customer=$customer1"
holds '"totalCount":1,'
holds "\"customerId\":\"$customer1\",\"companyName\":\"$company1\",\"domain\":\"$domain1\",\"removalBlockers\":[]"
told "$company1 is in the list again"
hear accepted 2
holds '"type":"INVITATION_ACCEPTED"'
holds "\"invitationId\":\"$invitation2\""
value_of id && event2=$found
number_of position && position2=$found
told "and the listener hears it: INVITATION_ACCEPTED, position $position2"

step "A listener that was away since the first acceptance gets what it missed, in order and whole"
number=$((position2 - position1))
asks direct-agent "events, $number of them, after $event1"
start_listener missed direct-agent --after "$cursor1" --count "$number"
hear missed "$number"
ended_well
question="all events of the listener that was away"
answer=$(cat -- "$scratch/missed.events")
count_of '"position":'
same "$found" "$number" "events that it got"
count_of "\"id\":\"$event1\""
same "$found" 0 "the event that it had already"
expected=$position1 heard=""
while IFS= read -r answer; do
  expected=$((expected + 1))
  number_of position
  same "$found" "$expected" "the event's position"
  value_of type && type=$found
  value_of id
  [[ $found != "$removed1" ]] || heard="$heard removed"
  [[ $found != "$event2" ]] || heard="$heard accepted"
  told "position $expected: $type"
done <"$scratch/missed.events"
same "$heard" " removed accepted" "the order of the two events that matter"
same "$type" INVITATION_ACCEPTED "the last event"

step "A reseller and its provider: what an earlier walkthrough may have left is put away"
ask provider-agent '{ viewer { kind partner { partnerId: id partnerName: name programmeRole } } }'
holds '"programmeRole":"INDIRECT_PROVIDER"'
value_of partnerId && provider=$found
value_of partnerName && provider_name=$found
told "$provider_name, an indirect provider"
ask reseller-agent '{
    viewer { partner { partnerId: id partnerName: name programmeRole indirectProviders { providerId: id } } }
  }'
holds '"programmeRole":"INDIRECT_RESELLER"'
holds "{\"providerId\":\"$provider\"}"
value_of partnerId && reseller=$found
value_of partnerName && reseller_name=$found
told "$reseller_name, an indirect reseller that works with $provider_name"
part reseller-agent "$reseller" "$customer2"
part provider-agent "$provider" "$customer2"

step "Both listen"
listen reseller reseller-agent INVITATION_ACCEPTED
listen provider provider-agent INVITATION_ACCEPTED

step "The reseller invites $company2 for both, with one link"
invite reseller-agent "$email2" "provider=$provider"

step "The other customer opens the link and accepts: two relationships"
ask customer-admin-2 "$OPEN" "token=$token"
holds '"canAccept":true'
holds "\"partnerName\":\"$reseller_name\",\"providerName\":\"$provider_name\""
told "$reseller_name invites, together with $provider_name"
accept customer-admin-2 "$token" 2
pattern='\[\{"relationshipId":"([^"]+)","partnerId":"([^"]+)","status":"ACTIVE"\},'
pattern="$pattern"'\{"relationshipId":"([^"]+)","partnerId":"([^"]+)","status":"ACTIVE"\}\]'
[[ $answer =~ $pattern ]] || surprise "there should be two relationships"
same "${BASH_REMATCH[2]}" "$reseller" "the first relationship's partner"
same "${BASH_REMATCH[4]}" "$provider" "the second relationship's partner"
relationships="[\"${BASH_REMATCH[1]}\",\"${BASH_REMATCH[3]}\"]"
told "${BASH_REMATCH[1]} with $reseller_name, ${BASH_REMATCH[3]} with $provider_name"

step "Reseller and provider hear of it, each in its own stream"
for name in reseller provider; do
  hear "$name" 1
  holds '"type":"INVITATION_ACCEPTED"'
  holds "\"invitationId\":\"$invitation\""
  holds "\"companyName\":\"$company2\""
  holds "\"partnerId\":\"$reseller\""
  holds "\"providerId\":\"$provider\""
  holds "\"relationshipIds\":$relationships"
  value_of id && event=$found
  number_of position
  told "$name: INVITATION_ACCEPTED, $company2, position $found"
  [[ $name == reseller ]] || same "$event" "$reseller_event" "the event's id at the provider"
  reseller_event=$event
done
for person in reseller-agent provider-agent; do
  ask "$person" "$CUSTOMER" "customer=$customer2"
  holds '"totalCount":1,'
  told "$company2 is in the list"
done

step "Everything is put away, so that the story can be played again"
part direct-agent "$direct" "$customer1"
hear removed 2
holds "\"relationshipId\":\"$relationship1\""
told "the listener hears it"
part reseller-agent "$reseller" "$customer2"
part provider-agent "$provider" "$customer2"
for name in accepted:2 removed:2 reseller:1 provider:1; do
  question="all events of the listener ${name%:*}"
  answer=$(cat -- "$scratch/${name%:*}.events")
  count_of '"position":'
  same "$found" "${name#*:}" "events of this story that the listener ${name%:*} heard"
done

printf '\nwalkthrough done\n'
