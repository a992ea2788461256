#!/usr/bin/env bash
# An auditor's witness of a real appliance: it cosigns what grows; a ledger that was restored together with its token agrees with itself,
# and only the witness knows better. Stock openssl checks the witness's word.
# usage: witness.sh
. "$(dirname "$0")/lab.sh"

WITNESS=$WORK/witness
start_witness() { # ends with this script at the latest
  rm -f "$WITNESS/port"
  quietus-witness run "$WITNESS" 2>>"$WORK/witness.log" &
  WITNESS_PID=$!
  for _ in $(seq 100); do [ -s "$WITNESS/port" ] && break; sleep 0.05; done
  URL=http://127.0.0.1:$(cat "$WITNESS/port")
}
stop_witness() { kill "$WITNESS_PID" && wait "$WITNESS_PID"; }
trap 'kill "${WITNESS_PID:-0}" 2>/dev/null || true; finish' EXIT
cosign() { as eli audit cosign --witness "$URL" --witness-key "$KEY" "$@"; }

quietus lab up "$LAB" >/dev/null
quietus-witness init "$WITNESS" witness.test/w1 >"$WORK/key"
KEY=$(head -n 1 "$WORK/key")
start_witness

# Nothing is cosigned for a log that is not watched.
expect 4 cosign
grep -q "does not watch this ledger" "$WORK/out" || { cat "$WORK/out"; die "the refusal does not say why"; }
stop_witness
quietus-witness watch "$WITNESS" "$(as eli audit cosign --show-key)"
expect 6 quietus-witness watch "$WITNESS" "$(as eli audit cosign --show-key)"
start_witness

cosign --out "$WORK/first.note"
case_id=$(new_case)
records=$(new_records "$case_id" ledgers)
cosign --out "$WORK/second.note" --json >"$WORK/second.json"
[ "$(jq .size "$WORK/second.json")" -gt "$(sed -n 2p "$WORK/first.note")" ] || die "the ledger did not grow"
cosign >/dev/null || die "the same head is not cosigned again"

# A stranger checks the witness's word with openssl alone.
line=$(grep -F '— witness.test/w1 ' "$WORK/second.note" | sed 's/.* //')
printf '%s' "$line" | base64 -d >"$WORK/blob"
seconds=$((16#$(xxd -s 4 -l 8 -p "$WORK/blob")))
tail -c +13 "$WORK/blob" >"$WORK/signature"
{ printf 'cosignature/v1\ntime %d\n' "$seconds"; sed '/^$/,$d' "$WORK/second.note"; } >"$WORK/text"
{ printf '302a300506032b6570032100' | xxd -r -p; cut -d + -f 3- <<<"$KEY" | base64 -d | tail -c 32; } >"$WORK/key.der"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$WORK/key.der" -rawin -in "$WORK/text" -sigfile "$WORK/signature" >/dev/null || die "openssl refuses the cosignature"
sed -i 's/^time /time 1/' "$WORK/text"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$WORK/key.der" -rawin -in "$WORK/text" -sigfile "$WORK/signature" >/dev/null 2>&1 && die "openssl takes another time"

# A witness under another key is not believed.
quietus-witness init "$WORK/other" witness.test/w1 >"$WORK/other.key"
expect 1 as eli audit cosign --witness "$URL" --witness-key "$(head -n 1 "$WORK/other.key")"

# Yesterday: database and token together.
quietus lab down "$LAB" >/dev/null
cp -a "$LAB" "$WORK/yesterday"
quietus lab up "$LAB" >/dev/null
order=$(propose "$case_id" "$records")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified 300
cosign >/dev/null || die "a ledger with a certificate is not cosigned"
kill -9 "$WITNESS_PID"; wait "$WITNESS_PID" 2>/dev/null || true
start_witness # what it has seen outlives it
cosign >/dev/null || die "the witness forgot"

quietus lab down "$LAB" >/dev/null
mv "$LAB" "$WORK/today" && cp -a "$WORK/yesterday" "$LAB"
quietus lab up "$LAB" >/dev/null || die "kms noticed by itself: this test is about what it cannot notice"
as olivia holding show "$records" --case "$case_id" --json | jq -e '.state != "destroyed"' >/dev/null || die "the destroyed holding is not back: nothing was tested"
expect 1 cosign
grep -q "the ledger was rolled back" "$WORK/out" || { cat "$WORK/out"; die "the rollback is not named"; }

# And grown again, on another path.
for i in $(seq 40); do as olivia holding declare --case "$case_id" --kind record_set --title "Again $i" >/dev/null; done
expect 1 cosign
grep -q "the ledger was rewritten" "$WORK/out" || { cat "$WORK/out"; die "the rewriting is not named"; }
ls "$WITNESS"/state/*/contradiction-*.note >/dev/null || die "the witness kept no evidence"

# The true one goes on.
quietus lab down "$LAB" >/dev/null
mv "$LAB" "$WORK/forged" && mv "$WORK/today" "$LAB"
quietus lab up "$LAB" >/dev/null
cosign >/dev/null || die "the true ledger is not cosigned any more"
quietus-witness show "$WITNESS" | tail -n 1

# kms takes its head there itself before a bundle is kept: the witness's word travels in it.
stop_witness
configure kms --arg url "$URL" --arg key "$KEY" '.witnesses = [{"url": $url, "key": $key}]'
restart kms
bundled=$(new_records "$case_id" bundled)
order=$(propose "$case_id" "$bundled")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified 300
sleep 2
bundle "$case_id" "$bundled" "$WORK/early" || true
expect 1 quietus verify "$WORK/early" --root "$LAB/root.pem"
grep -q INCOMPLETE "$WORK/out" || { cat "$WORK/out"; die "a bundle that no witness saw is kept"; }
start_witness # on another port
configure kms --arg url "$URL" '.witnesses[0].url = $url'
restart kms
for _ in $(seq 300); do rm -rf "$WORK/seen"; bundle "$case_id" "$bundled" "$WORK/seen" && [ -e "$WORK/seen/certificate.tsr" ] && break; sleep 0.1; done
expect 0 quietus verify "$WORK/seen" --root "$LAB/root.pem" --witness-key "$KEY"
grep -q "witness_known" "$WORK/out" || { cat "$WORK/out"; die "the witness is not shown"; }
expect 1 quietus verify "$WORK/seen" --root "$LAB/root.pem" --witness-key "$(head -n 1 "$WORK/other.key")"
sed -n '/^#-- commands begin/,/^#-- commands end/p' "$WORK/seen/VERIFY.txt" | grep -v '^#' >"$WORK/commands"
while IFS= read -r line; do (cd "$WORK/seen" && bash -c "$line" >/dev/null 2>&1) || die "VERIFY.txt does not hold: $line"; done <"$WORK/commands"
grep -q "cosignature/v1" "$WORK/commands" || die "VERIFY.txt does not look at the witness"

# Without its memory it does not run.
stop_witness
rm "$WITNESS"/state/*/newest
expect 6 quietus-witness run "$WITNESS"
echo "1 ledger cosigned and checked by openssl; 1 bundle that waited for its witness; named: not watched, rolled back, rewritten; refused: a false witness, one without memory"
