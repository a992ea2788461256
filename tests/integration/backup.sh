#!/usr/bin/env bash
# Copies of the key service's database: taken while it runs, checked against the token, put back after the database is gone,
# refused when they are stale, altered or somebody else's.
. "$(dirname "$0")/lab.sh"

scenarios=0
scenario() { scenarios=$((scenarios + 1)); echo "- $1"; }
backup() {
  local words=(env "SOFTHSM2_CONF=$LAB/hsm/softhsm2.conf" quietus backup "$@")
  [ "$(id -u)" != 0 ] || words=(setpriv --reuid "$(jq .uid "$LAB/lab.json")" --regid "$(jq .gid "$LAB/lab.json")" --clear-groups -- "${words[@]}")
  "${words[@]}"
}
create() { expect 0 backup create --config "$config" --out "$copies/$1"; }
verdict() { jq -r --arg id "$1" '.keys[] | select(.id == $id) | .verdict' "$WORK/out"; }
new_keyring() { # class; sets HOLDING and RING
  HOLDING=$(as olivia holding declare --case "$case_id" --kind record_set --title "Keys $1" --json | jq -r .id)
  RING=$(as olivia keyring create --case "$case_id" --holding "$HOLDING" --class "$1" --json | jq -r .keyring)
  as olivia keyring add "$RING" --count 40 --json | jq -e .count >/dev/null || die "no keys in $RING"
}
comes_back() { rm -rf "$WORK/opened"; for _ in $(seq 100); do as olivia open "$1.sealed" "$WORK/opened" >/dev/null 2>&1 && break; rm -rf "$WORK/opened"; sleep 0.1; done; diff -r "$1" "$WORK/opened" || die "what was sealed does not come back"; }

quietus lab up "$LAB" >/dev/null
config=$LAB/kms/kms.json copies=$WORK/copies database=$LAB/kms/state/ledger.sqlite
mkdir -m 700 "$copies"
chown --reference="$LAB/hsm/tokens" "$copies"
case_id=$(new_case)
doomed=$(new_records "$case_id" doomed)
kept=$(new_records "$case_id" kept)
doomed_key=$(as olivia holding show "$doomed" --case "$case_id" --json | jq -r .key)
kept_key=$(as olivia holding show "$kept" --case "$case_id" --json | jq -r .key)
new_keyring wrapped
wrapped=$RING wrapped_holding=$HOLDING
new_keyring record
record=$RING record_holding=$HOLDING

scenario "a copy is taken while kms runs, once, and for its user alone"
create first
[ "$(stat -c %a "$copies/first" "$copies/first/ledger.sqlite" "$copies/first/manifest.json" | xargs)" = "700 600 600" ] || die "others can read it"
expect 1 backup create --config "$config" --out "$copies/first"
[ "$(ls "$copies")" = first ] || die "something half-made is left: $(ls "$copies")"

scenario "the newest copy opens everything"
expect 0 backup check --config "$config" --from "$copies/first"
grep -q NEWEST "$WORK/out" || die "it does not say so"
[ "$(wc -L <"$WORK/out")" -le 100 ] || die "wider than 100 columns"
expect 0 env LC_ALL=zh_CN.UTF-8 bash -c "$(declare -f backup); LAB=$LAB; backup check --config $config --from $copies/first"
grep -q 可打开 "$WORK/out" || die "not in Chinese"
expect 0 backup check --config "$config" --from "$copies/first" --json
for id in "$doomed_key" "$kept_key" "$wrapped" "$record"; do [ "$(verdict "$id")" = opens ] || die "$id: $(verdict "$id")"; done

scenario "a full disk leaves nothing half-made behind"
expect 1 bash -c "$(declare -f backup); LAB=$LAB; trap '' XFSZ; ulimit -f 16; backup create --config $config --out $copies/full"
grep -q "make room" "$WORK/out" || die "it does not say what to do"
[ "$(ls "$copies")" = first ] || die "something half-made is left: $(ls "$copies")"

scenario "not over a database that a daemon serves"
expect 5 backup restore --config "$config" --from "$copies/first"

scenario "one flipped byte is refused, in the database and in the manifest"
for file in ledger.sqlite manifest.json; do
  rm -rf "$copies/flipped"
  cp -a "$copies/first" "$copies/flipped"
  at=$(($(stat -c %s "$copies/flipped/$file") / 2))
  byte=$(od -An -tu1 -j "$at" -N 1 "$copies/flipped/$file")
  printf "$(printf '\\%03o' $((byte ^ 1)))" | dd of="$copies/flipped/$file" bs=1 seek="$at" conv=notrunc status=none
  expect 1 backup check --config "$config" --from "$copies/flipped"
  grep -q manifest "$WORK/out" || die "it does not say what is wrong"
done

scenario "the database is deleted: the copy brings the appliance back"
create second
rm -rf "$copies/flipped"
quietus lab down "$LAB" >/dev/null
rm -f "$database"*
cp -a "$copies/first/ledger.sqlite" "$database-wal"
expect 0 backup restore --config "$config" --from "$copies/second"
[ ! -e "$database-wal" ] || die "the log of another database is left beside the one restored"
quietus lab up "$LAB" >/dev/null
comes_back "$WORK/kept"
comes_back "$WORK/doomed"

scenario "a copy from before a destruction is stale, and the key is lost in it"
create before
order=$(propose "$case_id" "$doomed")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified
for pair in "$wrapped=$wrapped_holding" "$record=$record_holding"; do
  holding=${pair#*=}
  order=$(as olivia order propose --case "$case_id" --holding "$holding" --keys "$holding=7" --reason "the customer asked" --yes --json 2>/dev/null | jq -r .id)
  sign_all "$case_id" "$order"
  wait_for "$case_id" "$order" certified
done
create after
expect 1 backup check --config "$config" --from "$copies/before" --json
[ "$(jq -r .standing "$WORK/out")" = stale ] || die "it is not stale"
[ "$(verdict "$doomed_key") $(verdict "$kept_key")" = "lost opens" ] || die "the wrong keys are lost"
# One key of each keyring was destroyed: in the old copy all of them are lost with the old root.
[ "$(verdict "$wrapped") $(verdict "$record")" = "lost lost" ] || die "keyrings under destroyed roots: $(verdict "$wrapped") $(verdict "$record")"
expect 1 backup check --config "$config" --from "$copies/before"
grep -q STALE "$WORK/out" || die "it does not say so"
expect 0 backup check --config "$config" --from "$copies/after" --json
[ "$(verdict "$doomed_key") $(verdict "$kept_key")" = "destroyed opens" ] || die "the new copy does not know of the destruction"
[ "$(verdict "$wrapped") $(verdict "$record")" = "opens opens" ] || die "keyrings in the new copy: $(verdict "$wrapped") $(verdict "$record")"

scenario "it is not restored, whatever is said; the newer one is, and the old database is kept"
quietus lab down "$LAB" >/dev/null
in_place() { ls "$LAB/kms/state"; sha256sum "$database"; }
as_it_was=$(in_place)
expect 1 backup restore --config "$config" --from "$copies/before" --accept-lost
grep -q "the token remembers" "$WORK/out" || die "it does not say why"
grep -q "next: " "$WORK/out" || die "it does not say what to do"
[ "$(in_place)" = "$as_it_was" ] || die "a refusal has touched the database"
expect 0 backup restore --config "$config" --from "$copies/after" --json
[ -f "$(jq -r .kept "$WORK/out")" ] || die "the old database is not kept"
quietus lab up "$LAB" >/dev/null
comes_back "$WORK/kept"

scenario "a copy of another appliance is refused"
quietus lab up "$WORK/other" >/dev/null
quietus lab down "$WORK/other" >/dev/null
LAB=$WORK/other expect 1 backup check --config "$WORK/other/kms/kms.json" --from "$copies/after" --json
[ "$(jq -r .standing "$WORK/out")" = foreign ] || die "it is not foreign"
LAB=$WORK/other expect 1 backup restore --config "$WORK/other/kms/kms.json" --from "$copies/after"
grep -q "another appliance" "$WORK/out" || die "it does not say why"

scenario "a token that remembers nothing calls no copy the newest"
quietus lab down "$LAB" >/dev/null
create last
token=(env "SOFTHSM2_CONF=$LAB/hsm/softhsm2.conf" pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --login --pin "$(cat "$LAB/hsm/pin")")
"${token[@]}" --delete-object --type data --label quietus-checkpoint >/dev/null 2>&1 || die "the checkpoint is not on the token"
expect 1 backup check --config "$config" --from "$copies/last"
grep -q "UNKNOWN AGE" "$WORK/out" || die "it does not say so"
expect 1 backup restore --config "$config" --from "$copies/last"
grep -q "remembers no checkpoint" "$WORK/out" || die "it does not say why"

echo "$scenarios passed, 0 failed"
