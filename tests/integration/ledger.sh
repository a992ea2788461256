#!/usr/bin/env bash
# The ledger of a real appliance as a stranger keeps it: fetched into a folder, checked with nothing but its key, grown later by what is new.
# A tail that was dropped, an older checkpoint, another key and yesterday's database are named. Strangers read it where the configuration says so.
# usage: ledger.sh
. "$(dirname "$0")/lab.sh"

KEPT=$WORK/kept
keep() { as eli audit ledger --out "$KEPT" --json >"$WORK/grown.json"; }
named() { grep -q "$1" "$WORK/out" || { cat "$WORK/out"; die "not named: $1"; }; }
copy() { rm -rf "$WORK/copy"; cp -a "$KEPT" "$WORK/copy"; }

quietus lab up "$LAB" >/dev/null
ready
KEY=$(as eli audit cosign --show-key | head -n 1)
case_id=$(new_case)
for _ in $(seq 100); do [ "$(as eli audit ledger --out "$WORK/first" --json | jq .heartbeats)" -gt 0 ] && break; rm -rf "$WORK/first"; sleep 0.1; done

# Fetched, and checked by somebody who has the key and nothing else.
keep
expect 0 quietus verify "$KEPT" --ledger-key "$KEY"
expect 0 quietus verify "$KEPT" --root "$LAB/root.pem"
expect 2 quietus verify "$KEPT"
first=$(jq .entries "$WORK/grown.json")
[ "$(jq .heartbeats "$WORK/grown.json")" -gt 0 ] || die "no head was dated"
[ "$(sed -n 2p "$KEPT/checkpoint")" = "$first" ] || die "the checkpoint is of another size"
grep -rq "olivia\|Sale of a loan book" "$KEPT" && die "the ledger names people or cases"
cp "$KEPT/checkpoint" "$WORK/first.note"

# Grown by what is new, past the edge of a tile. The checkpoint comes last: a run that was cut off is taken up.
for i in $(seq 12); do as olivia holding declare --case "$case_id" --kind record_set --title "Records $i" >/dev/null; done
keep
[ "$(jq .before "$WORK/grown.json")" = "$first" ] || die "it began again from nothing"
[ "$(jq .entries "$WORK/grown.json")" -ge $((first + 12)) ] || die "it did not grow"
expect 0 quietus verify "$KEPT" --ledger-key "$KEY"
keep
[ "$(jq .before "$WORK/grown.json")" = "$(jq .entries "$WORK/grown.json")" ] || die "a run without anything new changed something"

# A checkpoint that a witness has signed is one: its word is asked for, and stays in the folder.
quietus-witness init "$WORK/witness" witness.test/w1 >"$WORK/witness.key"
seen=$(head -n 1 "$WORK/witness.key")
expect 1 quietus verify "$KEPT" --ledger-key "$KEY" --witness-key "$seen"
quietus-witness watch "$WORK/witness" "$KEY"
quietus-witness run "$WORK/witness" 2>/dev/null &
witness=$!
trap 'kill "$witness" 2>/dev/null || true; finish' EXIT
for _ in $(seq 100); do [ -s "$WORK/witness/port" ] && break; sleep 0.05; done
as eli audit cosign --witness "http://127.0.0.1:$(cat "$WORK/witness/port")" --witness-key "$seen" --out "$WORK/cosigned.note" >/dev/null
kill "$witness"
as eli audit ledger --out "$KEPT" --checkpoint "$WORK/cosigned.note" --json >"$WORK/grown.json"
expect 0 quietus verify "$KEPT" --ledger-key "$KEY" --witness-key "$seen"

# Another key, and an option that says nothing about a ledger.
quietus lab up "$WORK/other" >/dev/null
other=$(quietus --profile "$WORK/other/people/eli/quietus.json" audit cosign --show-key | head -n 1)
quietus lab down "$WORK/other" >/dev/null
expect 1 quietus verify "$KEPT" --ledger-key "$other"
named "not the one that was given"
expect 1 as eli audit ledger --out "$WORK/elsewhere" --ledger-key "$other"
expect 3 quietus verify "$KEPT" --ledger-key "$KEY" --tsa-root "$LAB/root.pem"

# The tail dropped: the entries that the checkpoint counts are not there, or an older checkpoint hides that they were.
copy
open=$(find "$WORK/copy/tile/entries" -path '*.p/*' -type f)
truncate -s -40 "$open"
expect 1 quietus verify "$WORK/copy" --ledger-key "$KEY"
copy
cp "$WORK/first.note" "$WORK/copy/checkpoint"
expect 1 quietus verify "$WORK/copy" --ledger-key "$KEY"
expect 1 as eli audit ledger --out "$WORK/copy"
copy
rm "$open"
expect 1 quietus verify "$WORK/copy" --ledger-key "$KEY"

# Yesterday, database and token together: it agrees with itself, and not with the folder.
quietus lab down "$LAB" >/dev/null
cp -a "$LAB" "$WORK/yesterday"
quietus lab up "$LAB" >/dev/null
for i in $(seq 3); do as olivia holding declare --case "$case_id" --kind record_set --title "Later $i" >/dev/null; done
keep
quietus lab down "$LAB" >/dev/null
mv "$LAB" "$WORK/today" && cp -a "$WORK/yesterday" "$LAB"
quietus lab up "$LAB" >/dev/null || die "kms noticed by itself: this test is about what it cannot notice"
expect 1 as eli audit ledger --out "$KEPT"
named "the ledger was rolled back"
for i in $(seq 30); do as olivia holding declare --case "$case_id" --kind record_set --title "Again $i" >/dev/null; done
expect 1 as eli audit ledger --out "$KEPT"
named "the ledger was rewritten"
expect 0 quietus verify "$KEPT" --ledger-key "$KEY" # what is kept is still the true one

# Yesterday's database alone, under today's token: kms does not serve it.
quietus lab down "$LAB" >/dev/null
mv "$LAB" "$WORK/forged" && mv "$WORK/today" "$LAB"
cp -a "$LAB" "$WORK/whole"
rm -rf "$LAB/kms/state"
cp -a "$WORK/yesterday/kms/state" "$LAB/kms/state"
timeout 10 quietus lab up "$LAB" >/dev/null 2>&1 && die "a rolled-back database was served"
grep -q "rolled back" "$LAB/logs/kms.log" || die "kms does not say why it refuses"
quietus lab down "$LAB" >/dev/null
mv "$LAB" "$WORK/refused" && mv "$WORK/whole" "$LAB"

# Who may read: callers with a certificate; strangers where the configuration makes the ledger public, and the ledger alone.
quietus lab up "$LAB" >/dev/null
url=$(jq -r .url "$LAB/people/olivia/quietus.json")
status() { curl -s -o "$WORK/got" -w '%{http_code}' --max-time 5 --cacert "$LAB/root.pem" "$url$1"; }
[ "$(status /v1/ledger/checkpoint)" = 401 ] || die "a stranger reads the ledger"
configure kms '.ledger = {public: true}'
restart kms
url=$(jq -r .url "$LAB/people/olivia/quietus.json")
[ "$(status /v1/ledger/checkpoint)" = 200 ] || die "a public ledger is not public"
grep -qF "$(sed -n 1p "$KEPT/checkpoint")" "$WORK/got" || die "that is no checkpoint"
[ "$(status /v1/ledger/tile/entries/000.p/3)" = 200 ] || die "leaves are not public"
[ "$(status /v1/ledger/tile/entries/000.p/0)" = 404 ] || die "a tile without a width"
[ "$(status /v1/ledger/heartbeat/001)" = 200 ] || die "heartbeats are not public"
[ "$(status /v1/cases)" = 401 ] || die "more than the ledger is public"
echo "1 ledger kept, grown and checked with its key alone; named: another key, a dropped tail, an older checkpoint, rolled back, rewritten; read by strangers only where it is public"
