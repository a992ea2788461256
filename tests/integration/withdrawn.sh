#!/usr/bin/env bash
# A real certificate is corrected and then taken back by two approvers: kms issues a certificate in its place each time, and
# an auditor's folder says so, offline, with the log and without.
# usage: withdrawn.sh
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
case_id=$(new_case)
records=$(new_records "$case_id" ledgers)
order=$(propose "$case_id" "$records")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified 300
folder=$WORK/case
mkdir -p "$folder/bundle"
bundle "$case_id" "$records" "$folder/bundle/$records"
certificate=$(jq -r .certificate_id "$folder/bundle/$records/certificate.json")
echo "a paper" >"$WORK/paper"
look() { # look EXIT WORDS: with the log as it is now
  rm -rf "$folder/ledger"
  as eli audit export --case "$case_id" --out "$folder/ledger" >/dev/null
  expect "$1" quietus --lang en verify "$folder" --root "$LAB/root.pem"
  grep -q "$2" "$WORK/out" || { cat "$WORK/out"; die "verify does not say: $2"; }
}
replace() { # replace WHO VERB CERTIFICATE
  as "$1" certificate "$2" "$3" --case "$case_id" --holding "$records" --reason "counted twice" --file "$WORK/paper" --yes
}
newest() { # newest FOLDER: once it is another one than $certificate
  for _ in $(seq 100); do
    rm -rf "$1"
    as eli bundle fetch --case "$case_id" --holding "$records" --out "$1" --wait 60 >/dev/null
    [ "$(jq -r .certificate_id "$1/certificate.json")" = "$certificate" ] || return 0
    sleep 0.3
  done
  die "no certificate was issued in the place of $certificate"
}
look 0 "^VALID"
expect 4 replace olivia withdraw "$certificate"
expect 4 replace bo withdraw cert-of-nobody
replace bo correct "$certificate" >/dev/null
look 0 "by too few"
replace chen correct "$certificate" >/dev/null
newest "$folder/bundle/corrected"
corrected=$(jq -r .certificate_id "$folder/bundle/corrected/certificate.json")
expect 0 quietus --lang en verify "$folder/bundle/corrected" --root "$LAB/root.pem"
grep -q "takes the place of certificate $certificate" "$WORK/out" || die "the correction does not name the first one"
look 2 "superseded by $corrected (bundle/corrected)"
rm -rf "$folder/ledger"
expect 2 quietus --lang en verify "$folder" --root "$LAB/root.pem"
grep -q "superseded by $corrected" "$WORK/out" || die "without the log the folder does not say it"

first=$certificate
certificate=$corrected
replace bo withdraw "$certificate" >/dev/null
replace chen withdraw "$certificate" >/dev/null
newest "$folder/bundle/withdrawal"
withdrawal=$(jq -r .certificate_id "$folder/bundle/withdrawal/certificate.json")
expect 2 quietus --lang en verify "$folder/bundle/withdrawal" --root "$LAB/root.pem"
grep -q "^WITHDRAWAL" "$WORK/out" || die "a withdrawal is taken for something else"
(cd "$folder/bundle/withdrawal" && sed -n '/^#-- commands begin/,/^#-- commands end/p' VERIFY.txt | grep -v '^#--' >"$WORK/commands" &&
  bash -e "$WORK/commands" >/dev/null 2>&1) || die "stock tools refuse the withdrawal"
look 1 "revoked by $withdrawal (bundle/withdrawal)"
expect 0 quietus verify "$folder/bundle/$records" --root "$LAB/root.pem"
[ "$(as eli certificate list --case "$case_id" --holding "$records" --json | jq -r '.replaced[0].certificate_id')" = "$first" ] ||
  die "the list does not begin with the first one"
rm -rf "$folder/bundle/corrected" "$folder/bundle/withdrawal"
look 1 "revoked by $withdrawal, of which the folder has no bundle\|missing: the bundle of certificate $withdrawal"
"$QUIETUS_BIN/quietus-verify" --lang en "$folder" --root "$LAB/root.pem" >"$WORK/alone" && die "the static verifier says that it is valid"
cmp "$WORK/alone" "$WORK/out" || die "the static verifier says something else"
echo "1 certificate corrected, its correction taken back; refused: the operator's word, an unknown certificate; shown: one voice, missing bundles"
