#!/usr/bin/env bash
# A sale under the rule pack cn-smallloan, from the first refusals to the certificate, and the ledger decided again by a stranger:
# a hold against money laundering, a course that has run out and a missing second department each say no in their own name. Then the
# buyer's copy is thawed and handed over and the case closed, each under an order of its own.
# usage: statutes.sh
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
quietus lab person "$LAB" fay "Fay Lin" compliance 2>/dev/null
echo "a paper" >"$WORK/paper.pdf"
refusals=0
# The rules by which it must be refused, then the command.
refused() { local rules=$1 rule; shift; expect 4 "$@"; for rule in ${rules//,/ }; do grep -qF -e "$rule: " -e "[$rule]" "$WORK/out" || { cat "$WORK/out"; die "not refused by $rule: $*"; }; done; refusals=$((refusals + 1)); echo "refused by $rules: ${*:4:3}"; }
in_case() { local who=$1; shift; as "$who" "$@" --case "$case_id"; }
sign_in() { in_case "$1" "${@:2}" --file "$WORK/paper.pdf" --yes >/dev/null || die "$*"; }

# Two of three people sign the pack; kms loads it
load_pack "$(dirname "$0")/../../governance/packs/cn-smallloan.json"

# The case, its parties, its people
case_id=$(as olivia case open --title "Sale of a loan book" --deal asset --pack cn-smallloan --approver bo --approver chen --approver fay \
  --responsible dara --witness wei --auditor eli --json | jq -r .id)
expect 0 as olivia case describe "$case_id" --jurisdiction SH --subjects 1000
expect 0 as olivia case party "$case_id" seller --role transferor --name "Seller Microloans" --licence lending --aml
expect 0 as olivia case party "$case_id" buyer --role transferee --name "Buyer Bank" --licence lending
for who in olivia bo chen fay dara wei eli; do expect 0 as olivia case enrol "$case_id" "$who" --party seller; done
sign_in dara attest nda_version --about "case:$case_id" --field version=1
later=$(date -u -d '+300 days' +%F)
for who in bo chen fay dara wei eli olivia; do sign_in "$who" nda sign --version 1; done
for who in bo chen fay wei eli; do sign_in dara training record "$who" --course privacy --score 91 --until "$later"; done
sign_in eli training record dara --course privacy --score 95 --until "$later"
sign_in dara training record olivia --course privacy --score 88 --until "$(date -u -d '+20 seconds' +%FT%T.000Z)"
runs_out=$((SECONDS + 21))
sign_in dara attest admission --about party:buyer --until "$later" --field ground=screened
sign_in dara attest contract --about party:buyer --until "$later" --field purpose=sale --field method=copy --field scope=all --field types=loans --field duties=secrecy --field end=keep

# Two record sets: one whose ten years are over, one whose are not
declare() { in_case olivia holding declare --kind record_set --title "$1" --json | jq -r .id; }
old=$(declare "Loans settled in 2012") young=$(declare "Loans settled in 2024")
for pair in "$old:2012-05-01" "$young:2024-05-01"; do
  expect 0 in_case olivia holding place "${pair%%:*}" --copy original
  expect 0 in_case olivia holding classify "${pair%%:*}" --class C2 --tag kyc --tag txn --always-encrypted yes --subjects 500 --ended "${pair##*:}"
  expect 0 in_case olivia key create --holding "${pair%%:*}"
done
copy=$(declare "Copy for the buyer")
expect 0 in_case olivia holding place "$copy" --copy transferee_copy --of "$young" --custodian buyer
expect 0 in_case olivia holding classify "$copy" --class C2 --tag kyc --subjects 500
expect 0 in_case olivia key create --holding "$copy"

# Nothing moves before a backup of each was restored on trial
backup_of() { local copy; copy=$(declare "Backup of $1"); in_case olivia holding place "$copy" --copy backup --of "$1" >/dev/null; in_case olivia holding classify "$copy" --class C2 --tag kyc --tag txn --always-encrypted yes --subjects 500 --ended "$2" >/dev/null; in_case olivia key create --holding "$copy" >/dev/null; echo "$copy"; }
old_backup=$(backup_of "$old" 2012-05-01) young_backup=$(backup_of "$young" 2024-05-01)
for phase in inventoried cleared; do expect 0 as olivia case advance "$case_id" "$phase"; done
refused restorable as olivia case advance "$case_id" moving
sign_in wei attest restore_test --about "holding:$old_backup" --field result=passed
sign_in wei attest restore_test --about "holding:$young_backup" --field result=failed
refused restorable as olivia case advance "$case_id" moving
sign_in wei attest restore_test --about "holding:$young_backup" --field result=passed
for kept in "$young" "$young_backup"; do sign_in eli hold place "$kept" --ground "records against money laundering, ten years"; done
for phase in moving accepted disposing; do expect 0 as olivia case advance "$case_id" "$phase"; done

# The first attempts
while [ "$SECONDS" -lt "$runs_out" ]; do sleep 0.5; done
refused unfit,R24 in_case olivia order propose --holding "$old" --reason "sold" --yes
sign_in dara training record olivia --course privacy --score 92 --until "$later"
refused R11 in_case olivia order propose --holding "$young" --reason "sold" --yes
refused held,R11 in_case olivia may destroy "$young"
order=$(in_case olivia order propose --holding "$old" --holding "$old_backup" --reason "sold, and the ten years are over" --yes --json 2>/dev/null | jq -r .id)
for pair in bo:approver fay:approver dara:responsible wei:witness; do
  expect 0 in_case "${pair%%:*}" order sign "$order" --role "${pair##*:}" --yes
done
refused quorum in_case olivia may destroy "$old"
grep -qi "department" "$WORK/out" || { cat "$WORK/out"; die "nothing is said of departments"; }
[ "$(state_of "$case_id" "$order")" = proposed ] || die "two approvers of one department are enough"

# The lawful path
expect 0 in_case chen order sign "$order" --role approver --yes
wait_for "$case_id" "$order" certified
bundle "$case_id" "$old" "$WORK/bundle"
verify "$WORK/bundle"
expect 1 as eli check --case "$case_id" --gate destroy  # one holding has seven years to go
grep -q R11 "$WORK/out" || { cat "$WORK/out"; die "the check does not name R11"; }

# A thaw, a hand-over and the end of the case: each under an order of its own, which permits nothing else and once
order_to() { in_case olivia order propose --act "$@" --reason "as agreed" --yes --json 2>/dev/null | jq -r .id; }
signed() { local pair; for pair in bo:approver chen:approver dara:responsible; do expect 0 in_case "${pair%%:*}" order sign "$1" --role "${pair##*:}" --yes; done; }
order_is() { [ "$(state_of "$case_id" "$1")" = "$2" ] || die "order $1 is not $2"; }
expect 0 in_case eli freeze "$copy" --reason "a doubt"
refused act_ordered in_case olivia thaw "$copy" --reason "settled"
grep -q "quietus order propose --act" "$WORK/out" || { cat "$WORK/out"; die "it does not say what to do"; }
thaw=$(order_to thaw --holding "$copy")
refused order_state,quorum in_case olivia thaw "$copy" --reason "settled"
as bo today | grep -q "order sign $thaw" || die "the order waits for nobody"
signed "$thaw"
as olivia today | grep -q "quietus thaw $copy" || die "nobody is told to carry it out"
refused duties_apart in_case bo thaw "$copy" --reason "settled"
refused one_order in_case olivia order propose --act thaw --holding "$copy" --reason "twice" --yes
expect 0 in_case olivia thaw "$copy" --reason "settled"
order_is "$thaw" done
refused R02 in_case olivia order propose --act hand --holding "$copy" --reason "sold" --yes
sign_in dara attest basis_opinion --about "holding:$copy" --field ground=contract
refused act_ordered in_case olivia holding end "$copy" transferred --reason "sold"
hand=$(order_to hand --holding "$copy")
signed "$hand"
LC_ALL=C.UTF-8 as bo --lang en order show "$hand" --case "$case_id" | grep -q "HAND OVER TO THE TRANSFEREE" || die "the screen does not say what is signed"
refused R23,R28 in_case olivia holding end "$copy" transferred --reason "sold"
sign_in dara attest channel --about "order:$hand" --field channel=mutual_auth
sign_in dara attest pipia --about "case:$case_id" --field result=acceptable
refused act_ordered in_case olivia holding end "$copy" transferred --reason "sold" --order "$thaw"
expect 0 in_case olivia holding end "$copy" transferred --reason "sold" --order "$hand"
order_is "$hand" done
expect 0 in_case dara holding end "$young" retained --reason "kept for ten years" --review "$later"
expect 0 in_case dara holding end "$young_backup" retained --reason "kept for ten years" --review "$later"
refused R18 in_case olivia order propose --act close --reason "all has ended" --yes
sign_in dara attest local_filing --about "case:$case_id" --field authority=bureau
refused act_ordered as olivia case close "$case_id"
close=$(order_to close)
signed "$close"
as olivia today | grep -q "quietus case close $case_id" || die "nobody is told to close the case"
expect 0 as olivia case close "$case_id"
order_is "$close" done

# What an auditor carries away is decided again, offline
expect 0 as eli audit export --case "$case_id" --out "$WORK/ledger"
expect 0 env -u QUIETUS_PROFILE quietus replay "$WORK/ledger" --root "$LAB/root.pem" --tree
cat "$WORK/out"
expect 2 env -u QUIETUS_PROFILE quietus replay "$WORK/ledger"
expect 0 quietus replay "$WORK/ledger" --root "$LAB/root.pem" --json
jq -e '.identical and .decided > 50 and (.differences == [])' "$WORK/out" >/dev/null || die "the replay differs"
decided=$(jq -r .decided "$WORK/out")

# What has ended is drawn for a look by a seed, and by a shell alike
seed=00112233445566778899aabbccddeeff
expect 0 as eli audit sample "$case_id" --seed "$seed" --count 5 --json
jq -e --arg old "$old" '.all == 5 and .drawn == 5 and .detectable_ppm_95 == 0 and (.sample[] | select(.holding == $old) | .certificate | startswith("cert-"))' "$WORK/out" >/dev/null || { cat "$WORK/out"; die "the sample is another"; }
[ "$(jq -r --arg old "$old" '.sample[] | select(.holding == $old) | .rank' "$WORK/out")" = "$(printf '%s' "quietus.audit-sample/1 $seed $old" | sha256sum | cut -c1-64)" ] || die "a stranger computes another rank"
expect 3 as eli audit sample "$case_id" --seed 0011
rm "$WORK/ledger"/packs/*
expect 1 quietus replay "$WORK/ledger" --root "$LAB/root.pem"
echo "refused $refusals times, then certified; $decided of $(wc -l <"$WORK/ledger/ledger.ndjson") entries of the ledger decided again"
