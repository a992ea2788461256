#!/usr/bin/env bash
# A real certificate is taken back by two approvers, in the ledger: an auditor's folder says so, offline.
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
withdraw() {
  as "$1" attest certificate_withdrawn --case "$case_id" --about "holding:$records" --field certificate="$certificate" \
    --field reason="counted twice" --file "$WORK/paper" --yes
}
look 0 "^VALID"
expect 4 withdraw olivia
withdraw bo >/dev/null
look 0 "by too few"
withdraw chen >/dev/null
look 1 "^REVOKED"
expect 0 quietus verify "$folder/bundle/$records" --root "$LAB/root.pem"
rm -rf "$folder/bundle/$records"
mkdir "$folder/bundle/empty"
look 1 "missing: the bundle of certificate $certificate"
echo "1 certificate taken back by two people; refused: the operator's word; shown: one voice, a missing bundle"
