#!/usr/bin/env bash
# Bad days of an appliance: certificates revoked or foreign, the time-stamp authority away, the token gone, the database rolled
# back, one holding of two failing.
. "$(dirname "$0")/lab.sh"

scenarios=0
scenario() { scenarios=$((scenarios + 1)); echo "- $1"; }

quietus lab up "$LAB" >/dev/null
case_id=$(new_case)

scenario "a person of another laboratory, and one without a certificate, are nobody here"
quietus lab up "$WORK/other" >/dev/null
jq --arg url "$(jq -r .url "$LAB/people/olivia/quietus.json")" '.url = $url' "$WORK/other/people/olivia/quietus.json" >"$WORK/foreign.json"
cp -r "$WORK/other/people/olivia" "$WORK/foreign"
cp "$LAB/root.pem" "$WORK/foreign/root.pem"
cp "$WORK/foreign.json" "$WORK/foreign/quietus.json"
expect 4 quietus --profile "$WORK/foreign/quietus.json" case list
url=$(jq -r .url "$LAB/people/olivia/quietus.json")
[ "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$LAB/root.pem" "$url/v1/health/live")" = 200 ] || die "liveness needs no certificate"
[ "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$LAB/root.pem" "$url/v1/cases")" = 401 ] || die "everything else does"
quietus lab down "$WORK/other" >/dev/null

scenario "a revoked person is refused from then on"
quietus lab person "$LAB" ruth "Ruth Gone" compliance >/dev/null
expect 0 as ruth case list
quietus lab revoke "$LAB" ruth >/dev/null
for _ in $(seq 100); do as ruth case list >/dev/null 2>&1 || break; sleep 0.1; done
expect 4 as ruth case list

scenario "the time-stamp authority is away: certified, not stamped; back: stamped"
records=$(new_records "$case_id" stampless)
order=$(propose "$case_id" "$records")
tsa=$(pid_of tsa)
kill -STOP "$tsa"
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified
[ "$(as olivia holding show "$records" --case "$case_id" --json | jq -r .certificate)" = certified ] || die "there is a stamp without an authority"
kill -CONT "$tsa"
bundle "$case_id" "$records" "$WORK/stampless-bundle"
verify "$WORK/stampless-bundle"

scenario "one holding of two fails (its image is gone): the other is certified, the order ends partly"
records=$(new_records "$case_id" partly)
disk=$(new_disk "$case_id" partly)
order=$(propose "$case_id" "$disk" "$records")
rm "$LAB/media/partly.img"
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" "partly|certified|failed"
[ "$(state_of "$case_id" "$order")" = partly ] || die "the order is $(state_of "$case_id" "$order"), not partly"
bundle "$case_id" "$records" "$WORK/partly-bundle"
verify "$WORK/partly-bundle"
expect 1 as olivia bundle fetch --case "$case_id" --holding "$disk" --out "$WORK/never"

scenario "a frozen holding is not destroyed, whoever signed"
records=$(new_records "$case_id" frozen)
order=$(propose "$case_id" "$records")
as eli freeze "$records" --case "$case_id" --reason "court order" >/dev/null 2>&1 || as wei freeze "$records" --case "$case_id" --reason "court order" >/dev/null
for pair in olivia:proposer bo:approver chen:approver dara:responsible wei:witness; do
  as "${pair%%:*}" order sign "$order" --case "$case_id" --role "${pair##*:}" --yes >/dev/null 2>&1 || true
done
sleep 1
expect 4 as olivia may destroy "$records" --case "$case_id"
grep -q frozen "$WORK/out" || die "the denial does not name the freeze"
expect 4 as olivia open "$WORK/frozen.sealed" "$WORK/frozen-never"
as olivia key show "$(as olivia holding show "$records" --case "$case_id" --json | jq -r .key)" >/dev/null || die "the key of a frozen holding is gone"

scenario "the token vanishes: kms answers unavailable and comes back with it, nothing lost"
records=$(new_records "$case_id" vanished)
mv "$LAB/hsm/tokens" "$LAB/hsm/tokens-away"
expect 5 as olivia open "$WORK/vanished.sealed" "$WORK/vanished-never"
mv "$LAB/hsm/tokens-away" "$LAB/hsm/tokens"
ready
for _ in $(seq 100); do as olivia open "$WORK/vanished.sealed" "$WORK/vanished-open" >/dev/null 2>&1 && break; rm -rf "$WORK/vanished-open"; sleep 0.2; done
diff -r "$WORK/vanished" "$WORK/vanished-open" || die "what was sealed does not come back"

scenario "yesterday's database is refused: the token remembers a newer ledger"
quietus lab down "$LAB" >/dev/null
cp -r "$LAB/kms/state" "$WORK/yesterday"
quietus lab up "$LAB" >/dev/null
order=$(propose "$case_id" "$(new_records "$case_id" today)")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified
quietus lab down "$LAB" >/dev/null
rm -rf "$LAB/kms/state"
cp -a "$WORK/yesterday" "$LAB/kms/state"
chown -R --reference="$LAB/hsm/tokens" "$LAB/kms/state"
timeout 15 quietus lab up "$LAB" >/dev/null 2>&1 && die "a rolled-back database was served"
grep -q 'rolled back' "$LAB/logs/kms.log" || die "kms does not say why it refuses"

echo "$scenarios passed, 0 failed"
