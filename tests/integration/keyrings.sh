#!/usr/bin/env bash
# Keys of keyrings through the real programs, both classes: made, used, some destroyed by orders while kms is killed at every
# point of an epoch, one after the other; what lives opens, what went does not, and each certificate is valid.
# usage: keyrings.sh [POINT...]
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
case_id=$(new_case)
printf 'a customer' >"$WORK/plain"

new_keyring() { # class; sets HOLDING and RING
  HOLDING=$(as olivia holding declare --case "$case_id" --kind record_set --title "Keys $1" --json | jq -r .id)
  RING=$(as olivia keyring create --case "$case_id" --holding "$HOLDING" --class "$1" --json | jq -r .keyring)
  as olivia keyring add "$RING" --count 40 --json | jq -e .count >/dev/null || die "no keys in $RING"
}
seal_with() { as olivia key encrypt "$RING.$1" --in "$WORK/plain" --out "$WORK/$RING.$1" --context c >/dev/null; }
opens() { rm -f "$WORK/opened" && as olivia key decrypt "$RING.$1" --in "$WORK/$RING.$1" --out "$WORK/opened" --context c >"$WORK/out" 2>&1 && cmp -s "$WORK/plain" "$WORK/opened"; }
destroy_keys() { # keys; an order to its end
  local order
  order=$(as olivia order propose --case "$case_id" --holding "$HOLDING" --keys "$HOLDING=$1" --reason "the customer asked" --yes --json 2>/dev/null | jq -r .id)
  sign_all "$case_id" "$order"
  wait_for "$case_id" "$order" certified 900
}

new_keyring record
seal_with 31; seal_with 32
destroy_keys 31
opens 31 && die "a destroyed record key opens"
grep -q "see certificate cert-" "$WORK/out" || { cat "$WORK/out"; die "the answer does not name the certificate"; }
opens 32 || die "a record key that stays does not open"
bundle "$case_id" "$HOLDING" "$WORK/record-bundle"
verify "$WORK/record-bundle"
as olivia key receipt "$RING.31" --json | jq -e .path >/dev/null || die "no receipt"
as olivia key receipt "$RING.31" --whole --out "$WORK/whole.json"
as olivia key receipt "$RING.31" --subject --out "$WORK/subject.json"
expect 0 quietus verify "$WORK/whole.json" --root "$LAB/root.pem"
expect 0 quietus verify "$WORK/subject.json" --bundle "$WORK/record-bundle" --root "$LAB/root.pem"
sed 's/"number":31/"number":32/' "$WORK/whole.json" >"$WORK/other.json"
expect 1 quietus verify "$WORK/other.json" --root "$LAB/root.pem"

new_keyring wrapped
seal_with 40
points=${*:-kms_epoch_intent kms_epoch_root_made kms_epoch_prepared kms_epoch_verified kms_epoch_committed kms_epoch_adopted kms_epoch_leases_ended kms_epoch_root_destroyed kms_epoch_shown kms_epoch_done}
number=0
for point in $points; do
  number=$((number + 1))
  seal_with "$number"
  trace=$LAB/kms/state/trace-$point
  configure kms --arg point "$point" --arg trace "$trace" '.crash_at = $point | .crash_trace = $trace'
  restart kms
  destroy_keys "$number"
  grep -q "^died at $point$" "$trace" || die "crash point $point was never passed"
  opens "$number" && die "key $number opens after its destruction at $point"
  opens 40 || { cat "$WORK/out"; die "a key that stays does not open after $point"; }
  bundle "$case_id" "$HOLDING" "$WORK/bundle-$point"
  verify "$WORK/bundle-$point"
done
[ "$number" = "$(wc -w <<<"$points")" ] || die "not every point was swept"

order=$(propose "$case_id" "$HOLDING")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified
opens 40 && die "a key of a destroyed keyring opens"
bundle "$case_id" "$HOLDING" "$WORK/whole-bundle"
verify "$WORK/whole-bundle"
echo "$number crash points of an epoch passed, 0 failed"
