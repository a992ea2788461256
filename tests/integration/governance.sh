#!/usr/bin/env bash
# The nouns of a transfer case through the real programs: parties, people, classes, copies, agreements, training, holds, findings,
# phases, freezes, broken glass. Each act is shown to work, and once to be refused, by the rule that refuses it.
# usage: governance.sh
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
quietus lab person "$LAB" tian "Tian Yu" integration 2>/dev/null
case_id=$(as olivia case open --title "Sale of a loan book" --approver bo --approver chen --approver tian --responsible dara --witness wei --auditor eli --json | jq -r .id)
echo "an agreement" >"$WORK/paper.pdf"
passed=0

ok() { expect 0 "$@"; passed=$((passed + 1)); }
# The rule by which it must be refused, then the command.
refused() { local rule=$1; shift; expect 4 "$@"; grep -q "$rule: " "$WORK/out" || { cat "$WORK/out"; die "not refused by $rule: $*"; }; passed=$((passed + 1)); }
json() { jq -r "$1" "$WORK/out"; }
today() { as "$1" today --json | jq -r '.tasks[].kind' | tr '\n' ' '; }
in_case() { local who=$1; shift; as "$who" "$@" --case "$case_id"; }
admit_buyer() {
  local term
  term=$(date -u -d '+300 days' +%F)
  ok in_case dara attest admission --about party:buyer --file "$WORK/paper.pdf" --until "$term" --field ground=screened --yes
  ok in_case dara attest contract --about party:buyer --file "$WORK/paper.pdf" --until "$term" --field purpose=sale --field method=copy --field scope=all --field types=loans --field duties=secrecy --field end=keep --yes
}

# Parties and people
ok as olivia case describe "$case_id" --jurisdiction SH --subjects 1000
ok as olivia case party "$case_id" seller --role transferor --name "Seller Microloans 甲" --licence lending
ok as olivia case party "$case_id" buyer --role transferee --name "Buyer Bank 乙" --licence lending
refused role as eli case party "$case_id" other --role processor --name "Somebody"
for who in olivia bo chen dara wei eli; do ok as olivia case enrol "$case_id" "$who" --party seller; done
ok as olivia case enrol "$case_id" tian --party buyer
refused known as olivia case enrol "$case_id" nobody --party absent
[ "$(as olivia case show "$case_id" --json | jq -r .people.tian)" = buyer ] || die "the person is in no party"

# Copies
records=$(new_records "$case_id" one)
copy=$(new_records "$case_id" two)
ok in_case olivia holding place "$records" --copy original
ok in_case olivia holding place "$copy" --copy backup --of "$records"
refused copy_tree in_case olivia holding place "$records" --copy extract --of "$copy"
[ "$(in_case olivia holding tree --json | jq -r ".nodes[] | select(.holding == \"$copy\") | \"\(.parent) \(.depth)\"")" = "$records 1" ] || die "the copy is not below its original"

# Classes: up by one person, down by two
ok in_case olivia holding classify "$records" --class C2 --tag kyc --subjects 1000
ok in_case olivia holding classify "$records" --class C3 --tag kyc --subjects 1000
ok in_case olivia holding classify "$records" --class C1 --tag kyc --subjects 1000
[ "$(in_case olivia holding show "$records" --json | jq -r .classification.class)" = C3 ] || die "one person has lowered a class"
[[ $(today bo) == *lowering* ]] || die "the lower class does not wait for a second person"
refused lowering in_case olivia holding classify "$records" --class C1 --tag kyc --subjects 1000
ok in_case bo holding classify "$records" --class C1 --tag kyc --subjects 1000
[ "$(in_case olivia holding show "$records" --json | jq -r .classification.class)" = C1 ] || die "two people could not lower a class"

# Agreement and training
ok in_case bo nda sign --version 3 --file "$WORK/paper.pdf" --yes
ok in_case bo nda status --json
[ "$(json '.attestations[0] | "\(.person) \(.validity) \(.fields.version)"')" = "bo valid 3" ] || die "the agreement is not on record"
refused attestation in_case bo attest nda --about person:chen --file "$WORK/paper.pdf" --field version=3 --yes
soon=$(date -u -d '+20 days' +%F)
ok in_case dara training record bo --course privacy --score 91 --until "$soon" --file "$WORK/paper.pdf" --yes
refused attestation in_case dara training record dara --course privacy --score 91 --until "$soon" --file "$WORK/paper.pdf" --yes
[[ $(today bo) == *training* ]] || die "nobody tells Bo that the training ends"

# Holds
ok in_case dara hold place "$records" --ground "civil case 12" --file "$WORK/paper.pdf" --yes --json
hold=$(in_case dara hold list --json | jq -r '.attestations[0].id')
expect 4 in_case olivia may destroy "$records" --json
json '.reasons[].rule' | grep -qx held || { cat "$WORK/out"; die "what is held may be destroyed"; }
refused attestation in_case dara attest hold --about "holding:$records" --file "$WORK/paper.pdf" --yes
refused attestation in_case dara hold release "$hold" --reason "mine" --file "$WORK/paper.pdf" --yes
ok in_case eli hold release "$hold" --reason "the case was settled" --file "$WORK/paper.pdf" --yes
[ "$(in_case dara hold list --json | jq -r '.attestations[0].validity')" = taken_back ] || die "the hold still stands"

# An end otherwise than by destruction
later=$(date -u -d '+300 days' +%F)
refused end_grounds in_case dara holding end "$copy" retained --reason "the regulator asks" --review "$later"
ok in_case dara hold place "$copy" --ground "letter 7 of the regulator" --file "$WORK/paper.pdf" --yes
ok in_case dara freeze "$copy" --reason "held"
ok in_case dara holding end "$copy" retained --reason "the regulator asks" --review "$later"
in_case olivia holding tree >"$WORK/out"
grep -q "retained, frozen" "$WORK/out" || { cat "$WORK/out"; die "the tree does not show the end of the copy"; }

# Findings
ok in_case eli finding open "The cabinet was open" --due "$soon" --owner bo --block seal --json
finding=$(json .id)
[[ $(today bo) == *finding_own* ]] || die "the finding does not wait for its owner"
refused finding in_case olivia seal "$WORK/one" "$WORK/three.sealed" --title "Records three"
refused finding_step in_case eli finding fix "$finding" --reason "not mine to fix"
ok in_case bo finding fix "$finding" --reason "it has a lock now"
refused finding_step in_case bo finding close "$finding" --reason "mine"
[[ $(today eli) == *finding_verify* ]] || die "the fixed finding waits for nobody"
ok in_case eli finding close "$finding" --reason "I have looked"
[ "$(in_case eli finding list --json | jq -r '.findings[0].state')" = closed ] || die "the finding is not closed"

# Phases of a case without statutes: forward only, and not closed while something lives
refused case_step as olivia case advance "$case_id" moving
refused close_terminal as olivia case close "$case_id"

# Freeze and thaw
ok as eli case freeze "$case_id" --reason "a letter of the court"
refused case_frozen in_case olivia order propose --holding "$records" --reason "too early" --yes
refused thaw_other as eli case thaw "$case_id" --reason "mine"
ok as bo case thaw "$case_id" --reason "the letter was for another case"

# Broken glass
ok in_case olivia break-glass "$records" --reason "a customer cannot log in"
refused glass in_case olivia break-glass "$records" --reason "again"
[[ $(today bo) == *glass* ]] || die "nobody is asked to confirm"
ok in_case bo break-glass "$records" --reason "I was there" --json
in_case eli finding list --json | jq -e --arg id "$(json .finding)" '.findings[] | select(.id == $id and .kind == "break_glass" and .owner == "olivia")' >/dev/null || die "no finding tells of it"

# Statutes: two people sign the rule pack, kms loads it, and a case that is opened under it is bound by it
echo "$passed acts without statutes"
rules=$LAB/kms/rules
mkdir -p "$rules"
sign_pack() { # role; by a person of that department
  quietus lab person "$LAB" "$1" "The $1" "$1" 2>/dev/null
  jq -jcnS --slurpfile p "$rules/pack.json" --arg role "$1" --arg digest "$(jq -jcS . "$rules/pack.json" | sha256sum | cut -d' ' -f1)" \
    '{type: "quietus.pack/1", name: $p[0].name, version: $p[0].version, effective: $p[0].effective, digest: $digest, role: $role}' >"$WORK/payload"
  jq -n --arg payload "$(base64 -w0 "$WORK/payload")" \
    --arg certificate "$(openssl x509 -in "$LAB/people/$1/certificate.pem" -outform DER | base64 -w0)" \
    --arg signature "$(openssl dgst -sha256 -sign "$LAB/people/$1/key.pem" "$WORK/payload" | base64 -w0)" \
    '{payload: $payload, certificate: $certificate, signature: $signature}' >"$rules/$1.json"
}
cp "$(dirname "$0")/../../governance/packs/cn-smallloan.json" "$rules/pack.json"
cat "$LAB/kms/trust/root.pem" "$LAB/kms/trust/people-ca.pem" >"$rules/root.pem"
sign_pack lawyer
sign_pack compliance
configure kms '.rules = {root: "rules/root.pem", packs: [{pack: "rules/pack.json", signatures: ["rules/lawyer.json", "rules/compliance.json"]}]}'
restart kms
first=$case_id
refused pack_known as olivia case open --title "Merger" --deal merger --pack absent
ok as olivia case open --title "Merger" --deal merger --pack cn-smallloan --approver bo --approver chen --responsible dara --witness wei --auditor eli --json
case_id=$(json .id)
[ "$(json .phase)" = draft ] || die "a case with statutes does not begin with its draft"
[[ $(today bo) == *agreement*training* ]] || die "nobody tells Bo that he is not fit"
ok as olivia case party "$case_id" seller --role transferor --name "Seller Microloans" --licence lending
ok as olivia case party "$case_id" buyer --role transferee --name "Buyer Bank"
ok as olivia case enrol "$case_id" olivia --party seller
ok in_case olivia holding declare --kind record_set --title "Loan book" --json
book=$(json .id)
[[ $(today bo) == *unclassified* ]] || die "the holding does not wait for its class"

# Nobody touches a key without class, agreement and training
refused unclassified as olivia case advance "$case_id" inventoried
ok in_case olivia holding place "$book" --copy original
ok in_case olivia holding classify "$book" --class C2 --always-encrypted yes --subjects 1000
refused unfit in_case olivia keyring create --holding "$book" --class wrapped
in_case dara attest nda_version --about "case:$case_id" --file "$WORK/paper.pdf" --field version=1 --yes >/dev/null || die "no agreement is in force"
ok in_case olivia nda sign --version 1 --file "$WORK/paper.pdf" --yes
refused attestation in_case dara training record olivia --course privacy --score 79 --until "$soon" --file "$WORK/paper.pdf" --yes
ok in_case dara training record olivia --course privacy --score 91 --until "$soon" --file "$WORK/paper.pdf" --yes
ok in_case olivia keyring create --holding "$book" --class wrapped --json

# Phases follow one another, and each waits for its rules
ok as olivia case advance "$case_id" inventoried
refused case_step as olivia case advance "$case_id" moving
refused R17 as olivia case advance "$case_id" cleared
ok as olivia case party "$case_id" buyer --role transferee --name "Buyer Bank" --licence lending
refused lowering as olivia case party "$case_id" buyer --role transferee --name "Buyer Bank" --licence lending
refused R17 as olivia case advance "$case_id" cleared
ok as dara case party "$case_id" buyer --role transferee --name "Buyer Bank" --licence lending
ok as olivia case advance "$case_id" cleared
refused party as olivia case advance "$case_id" moving
admit_buyer
refused restorable as olivia case advance "$case_id" moving
ok in_case olivia holding declare --kind record_set --title "Backup of the loan book" --json
copy=$(json .id)
ok in_case olivia holding place "$copy" --copy backup --of "$book"
ok in_case olivia holding classify "$copy" --class C2 --always-encrypted yes --subjects 1000
ok in_case olivia key create --holding "$copy"
ok in_case wei attest restore_test --about "holding:$copy" --field result=passed --file "$WORK/paper.pdf" --yes
for phase in moving accepted disposing; do ok as olivia case advance "$case_id" "$phase"; done
refused case_step as olivia case advance "$case_id" accepted

# Other rules for the first case: asked for by one, shown to everybody who may adopt them, adopted by typing what is shown
read -r pack digest < <(as bo case show "$case_id" --json | jq -r '.rule_pack | "\(.name) \(.digest)"')
ok as bo case adopt "$first" --pack "$pack" --digest "$digest"
refused adopt_other as bo case adopt "$first" --pack "$pack" --digest "$digest"
for who in chen dara; do [[ $(today "$who") == *pack* ]] || die "nobody tells $who that rules wait to be adopted"; done
for who in bo eli; do [[ $(today "$who") != *pack* ]] || die "$who cannot adopt them, and is asked to"; done
as chen --lang en case show "$first" | grep -q "waits to be adopted  *$pack" || die "the case does not show what waits"
typed=$(as chen --lang en today | tr -s ' \n' ' ' | grep -o "case adopt $first --pack [^ ]* --digest [0-9a-f]*")
train_bo() { ok as dara training record bo --case "$first" --course privacy --score 91 --until "$(date -u -d '+300 days' +%F)" --file "$WORK/paper.pdf" --yes; }
untrained() { as bo today --json | jq -e --arg case "$first" 'any(.tasks[]; .case == $case and .kind == "training")' >/dev/null; }
train_bo
# shellcheck disable=SC2086
ok as chen --lang en $typed
grep -q "Everybody has to be trained again" "$WORK/out" || { cat "$WORK/out"; die "nobody says that courses count no more"; }
untrained || die "a course about other rules counts"
train_bo
! untrained || die "a course about these rules does not count"
[ "$(as bo case show "$first" --json | jq -r .rule_pack.digest)" = "$digest" ] || die "the rules were not adopted"

# What people see stays within a hundred columns in both languages, and moves no cursor
for lang in en zh; do
  for screen in "case show $case_id" "holding tree --case $case_id" "holding show $book --case $case_id" "finding list --case $case_id" "attest list --case $case_id" "attest kinds" "nda status --case $case_id" today; do
    # shellcheck disable=SC2086
    as bo --lang "$lang" $screen >"$WORK/out" || die "no screen: $screen"
    [ "$(wc -L <"$WORK/out")" -le 100 ] || { cat "$WORK/out"; die "too wide: $screen"; }
    ! grep -q $'\x1b' "$WORK/out" || die "a terminal is spoken to where there is none: $screen"
  done
done

echo "$passed acts done and refused as they should be"
