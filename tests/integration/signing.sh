#!/usr/bin/env bash
# Keys that sign and make MACs, through the real programs: what kms signs, a stranger verifies with stock openssl and the public
# key alone; destroyed, such a key shows the proof of any other, also after a kill in the middle.
# usage: signing.sh
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
case_id=$(new_case)
head -c 3000 /dev/urandom >"$WORK/deed"
head -c 70000 /dev/urandom >"$WORK/large"

verified=0 refused=0 destroyed=0
openssl_takes() { openssl dgst "-$hash" -verify "$1" -signature "$2" "$3" >/dev/null || die "$4"; verified=$((verified + 1)); }
kms_refuses() { expect "$@"; refused=$((refused + 1)); }

new_key() { # algorithm; sets HOLDING and KEY
  as olivia key create --case "$case_id" --title "Key $1" --algorithm "$1" --json >"$WORK/made"
  HOLDING=$(jq -r .holding "$WORK/made") KEY=$(jq -r .key "$WORK/made")
}
sign() { rm -f "$WORK/signature" && as olivia key sign "$KEY" --in "$1" --out "$WORK/signature" "${@:2}"; }

for curve in p256:sha256 p384:sha384; do
  hash=${curve#*:}
  new_key "ecdsa_${curve%:*}"
  as olivia key public "$KEY" --out "$WORK/$KEY.pem"
  [ "$(as olivia key public "$KEY" --json | jq -r .public_key_pem)" = "$(cat "$WORK/$KEY.pem")" ] || die "as JSON it is another public key"
  openssl pkey -pubin -in "$WORK/$KEY.pem" -noout || die "not a public key"
  sign "$WORK/deed"
  openssl_takes "$WORK/$KEY.pem" "$WORK/signature" "$WORK/deed" "openssl refuses a signature over a message"
  as olivia key verify "$KEY" --in "$WORK/deed" --signature "$WORK/signature" >/dev/null || die "kms refuses its own signature"
  cp "$WORK/deed" "$WORK/other" && echo x >>"$WORK/other"
  kms_refuses 1 as olivia key verify "$KEY" --in "$WORK/other" --signature "$WORK/signature"
  openssl dgst "-$hash" -verify "$WORK/$KEY.pem" -signature "$WORK/signature" "$WORK/other" >/dev/null && die "openssl takes another message"
  openssl dgst "-$hash" -binary -out "$WORK/digest" "$WORK/large"
  sign "$WORK/digest" --digest
  openssl_takes "$WORK/$KEY.pem" "$WORK/signature" "$WORK/large" "openssl refuses a signature over a digest"
  openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${hash#sha}" -out "$WORK/foreign.pem" 2>/dev/null
  openssl dgst "-$hash" -sign "$WORK/foreign.pem" -out "$WORK/foreign" "$WORK/deed"
  kms_refuses 1 as olivia key verify "$KEY" --in "$WORK/deed" --signature "$WORK/foreign"
done
SIGNER=$KEY SIGNER_HOLDING=$HOLDING

# An algorithm that is none is refused before a record set is left over for it
before=$(as olivia case show "$case_id" --json | jq '.holdings | length')
kms_refuses 3 as olivia key create --case "$case_id" --title "Key" --algorithm ecdsa_p521
[ "$(as olivia case show "$case_id" --json | jq '.holdings | length')" = "$before" ] || die "a record set without a key is left over"

new_key hmac_sha256
as olivia key mac "$KEY" --in "$WORK/deed" --out "$WORK/mac"
[ "$(stat -c %s "$WORK/mac")" = 32 ] || die "a MAC of another size"
as olivia key mac "$KEY" --in "$WORK/deed" --check "$WORK/mac" >/dev/null || die "kms refuses its own MAC"
kms_refuses 1 as olivia key mac "$KEY" --in "$WORK/other" --check "$WORK/mac"
kms_refuses 3 as olivia key encrypt "$KEY" --in "$WORK/deed" --out "$WORK/never"
grep -q "is for mac, not for encrypt_decrypt" "$WORK/out" || die "the refusal does not name the purpose"
kms_refuses 3 as olivia key sign "$KEY" --in "$WORK/deed" --out "$WORK/never"
[ ! -e "$WORK/never" ] || die "something was written"

# A kill between the act and its proof: the next kms ends both halves.
trace=$LAB/kms/state/trace
configure kms --arg trace "$trace" '.crash_at = "kms_key_destroyed" | .crash_trace = $trace'
restart kms
order=$(propose "$case_id" "$SIGNER_HOLDING")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified 900
grep -q "^died at kms_key_destroyed$" "$trace" || die "the crash point was never passed"
kms_refuses 1 as olivia key sign "$SIGNER" --in "$WORK/deed" --out "$WORK/never"
grep -q "see certificate cert-" "$WORK/out" || { cat "$WORK/out"; die "the answer does not name the certificate"; }
bundle "$case_id" "$SIGNER_HOLDING" "$WORK/bundle"
verify "$WORK/bundle"
jq -e '.sources.key | .target_objects == 2 and .census_before - .census_after == 2 and (.target_found or .target_sample_opens | not)' \
  "$WORK/bundle/certificate.json" >/dev/null || die "the certificate does not show both halves gone"
destroyed=$((destroyed + 1))
openssl_takes "$WORK/$SIGNER.pem" "$WORK/signature" "$WORK/large" "what was signed before does not verify any more"
echo "$verified signatures of kms taken by openssl, $refused requests refused as they should be, $destroyed pair destroyed with proof"
