#!/usr/bin/env bash
# Days with the appliance, as people see them: what an operator, a storage admin and an auditor type and read, through the real programs,
# in English and in Chinese, compared with the transcripts beside this file. QUIETUS_GOLDEN_UPDATE=1 writes them anew: read them then.
# Ids, digests, times and ports are replaced by placeholders as wide as they are, numbered as they appear.
# usage: journeys.sh
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../integration/lab.sh"
packs=$here/../../../governance/packs
differs=0

# One step: who, then the command as it is typed. Its answer is shown, and its status unless it is 0.
step() {
  local who=$1 got=0; shift
  printf '%s$ quietus' "$who"; printf ' %s' "${@@Q}" | sed "s/'\([A-Za-z0-9_.,:=/@-]*\)'/\1/g"; printf '\n'
  as "$who" --lang "$lang" "$@" >"$WORK/out" 2>&1 || got=$?
  cat "$WORK/out"
  [ "$got" = 0 ] || echo "[exit $got]"
  echo
}
quiet() { expect 0 as "$@"; }
note() { printf '# %s\n\n' "$*"; }
in_case() { local who=$1; shift; as "$who" "$@" --case "$case_id"; }
word() { in_case "$@" --file "$WORK/paper.pdf" --yes >"$WORK/out" 2>&1 || { cat "$WORK/out" >&2; die "$*"; }; }
told() { for _ in $(seq 100); do as "$1" today --json | jq -e --arg kind "$2" --arg role "$3" 'any(.tasks[]; .kind == $kind and .role == $role)' >/dev/null && return 0; sleep 0.1; done; die "nobody tells $1 of $2 $3"; }

# What differs from run to run becomes a placeholder; what is random and meets again gets the same one.
plain() {
  perl -e '
    my (%seen, %next, $all); { local $/; $all = <STDIN>; }
    sub placeholder { my ($kind, $text, $width) = @_; return $seen{$text} //= sprintf "%0${width}d", ++$next{$kind}; }
    for my $pair (["$ENV{LAB}", "LAB"], ["$ENV{WORK}", "WORK"]) { $all =~ s/\Q$pair->[0]\E/$pair->[1]/g; }
    $all =~ s/\b(case|records|disk|order|cert|key|att|attestation|finding|req|lab|ring|sealed|run|half|opening|sealing|cli)-([0-9a-z]{12})\b/"$1-" . placeholder($1, "$1-$2", 12)/ge;
    $all =~ s/\b([0-9a-f]{2}(?::[0-9a-f]{2}){31})\b/placeholder("fingerprint", $1, 95)/gie;
    $all =~ s/\b([0-9a-f]{64})\b/placeholder("digest", $1, 64)/ge;
    $all =~ s/\b(?!00112233)([0-9a-f]{16,63})\b/placeholder("short", $1, length $1)/ge;
    $all =~ s/^([0-9a-f]{12})(?=  )/placeholder("rank", $1, 12)/gme;
    my @t = gmtime(time - 86400); my $since = sprintf "%04d-%02d-%02d", $t[5] + 1900, $t[4] + 1, $t[3];
    sub moment { my ($text) = @_; return substr($text, 0, 10) lt $since || $text gt "2040" ? $text : "2000-01-01" . substr($text, 10) =~ tr/0-9/0/r; }
    $all =~ s/\b(\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?)/moment($1)/ge;
    $all =~ s/\bdev \d+ inode \d+/dev 0 inode 0/g;
    $all =~ s/127\.0\.0\.1:\d+/127.0.0.1:PORT/g;
    print $all;'
}
export WORK LAB

# A laboratory whose kms has the rule pack that two people signed, and a case under it in which everybody but Olivia is fit.
begin() {
  export LAB=$WORK/$lang
  quietus lab up "$LAB" >"$WORK/out" 2>&1 || { cat "$WORK/out"; die "no laboratory"; }
  local who later
  load_pack "$packs/cn-smallloan.json"
  quietus lab person "$LAB" fay "Fay Lin" compliance 2>/dev/null
  echo "a paper" >"$WORK/paper.pdf"
  mkdir -p "$WORK/book" && printf 'name,principal\ncustomer one,1000\n' >"$WORK/book/loans.csv"
  rm -rf "$WORK"/*.sealed "$WORK/bundle" "$WORK/ledger"
  later=$(date -u -d '+300 days' +%F)
  case_id=$(as olivia case open --title "Sale of a loan book" --deal asset --pack cn-smallloan --approver bo --approver chen --approver fay \
    --responsible dara --witness wei --auditor eli --json | jq -r .id)
  quiet olivia case describe "$case_id" --jurisdiction SH --subjects 1000
  quiet olivia case party "$case_id" seller --role transferor --name "Seller Microloans" --licence lending --aml
  quiet olivia case party "$case_id" buyer --role transferee --name "Buyer Bank" --licence lending
  for who in olivia bo chen fay dara wei eli; do quiet olivia case enrol "$case_id" "$who" --party seller; done
  word dara attest nda_version --about "case:$case_id" --field version=3
  for who in bo chen fay dara wei eli; do word "$who" nda sign --version 3; done
  for who in bo chen fay wei eli; do word dara training record "$who" --course privacy --score 91 --until "$later"; done
  word eli training record dara --course privacy --score 95 --until "$later"
  word dara attest admission --about party:buyer --until "$later" --field ground=screened
  word dara attest contract --about party:buyer --until "$later" --field purpose=sale --field method=copy --field scope=all --field types=loans --field duties=secrecy --field end=keep
}

operator() {
  note "Olivia, operator: what waits for her, the seal, a backup, and what she may not do"
  step olivia today
  step olivia nda sign --case "$case_id" --version 3 --file "$WORK/paper.pdf" --yes
  step dara training record olivia --case "$case_id" --course privacy --score 88 --until "$(date -u -d '+300 days' +%F)" --file "$WORK/paper.pdf" --yes
  step olivia holding declare --case "$case_id" --kind record_set --title "Loans settled in 2012"
  book=$(as olivia case show "$case_id" --json | jq -r '.holdings[0]')
  step olivia today
  step olivia case advance "$case_id" inventoried
  step olivia holding place "$book" --case "$case_id" --copy original
  step olivia holding classify "$book" --case "$case_id" --class C2 --tag kyc --tag txn --always-encrypted yes --subjects 500 --ended 2012-05-01 --due 2040-01-01
  step olivia seal "$WORK/book" "$WORK/book.sealed" --case "$case_id" --holding "$book"
  step olivia holding show "$book" --case "$case_id"
  quiet olivia case advance "$case_id" inventoried
  quiet olivia case advance "$case_id" cleared
  step olivia case advance "$case_id" moving
  copy=$(in_case olivia holding declare --kind record_set --title "Backup of the loans" --json | jq -r .id)
  quiet olivia holding place "$copy" --case "$case_id" --copy backup --of "$book"
  quiet olivia holding classify "$copy" --case "$case_id" --class C2 --tag kyc --tag txn --always-encrypted yes --subjects 500 --ended 2012-05-01 --due 2040-01-01
  step olivia seal "$WORK/book" "$WORK/backup.sealed" --case "$case_id" --holding "$copy"
  step olivia open "$WORK/backup.sealed" "$WORK/restored-$lang"
  step wei attest restore_test --case "$case_id" --about "holding:$copy" --field result=passed --file "$WORK/paper.pdf" --yes
  step olivia case advance "$case_id" moving
  step olivia may destroy "$book" --case "$case_id"
  step eli hold place "$copy" --case "$case_id" --ground "records against money laundering" --file "$WORK/paper.pdf" --yes
  step olivia may destroy "$copy" --case "$case_id"
  step olivia freeze "$copy" --case "$case_id" --reason "an inquiry"
  step olivia open "$WORK/backup.sealed" "$WORK/again-$lang"
  step olivia holding tree --case "$case_id"
}

storage_admin() {
  note "Certified erasure of a disk at the highest levels: nothing begins before the witness is there"
  truncate -s 4M "$LAB/media/old.img" && mke2fs -q -F "$LAB/media/old.img"
  for _ in $(seq 200); do as olivia devices --json | jq -e --arg p "$LAB/media/old.img" '.devices[] | select(.path == $p)' >/dev/null && break; sleep 0.1; done
  step olivia holding declare --case "$case_id" --kind disk --title "Extract for the auction" --device "$LAB/media/old.img"
  disk=$(as olivia case show "$case_id" --json | jq -r '.holdings[-1]')
  quiet olivia holding place "$disk" --case "$case_id" --copy extract --of "$book"
  quiet olivia holding classify "$disk" --case "$case_id" --class C2 --level 4 --tag kyc --always-encrypted no --subjects 500 --ended 2012-05-01 --due 2040-01-01
  step olivia order propose --case "$case_id" --holding "$disk" --reason "the auction is over" --yes
  order=$(as olivia case show "$case_id" --json | jq -r '.orders[-1]')
  step bo order sign "$order" --case "$case_id" --role approver --yes
  for pair in fay:approver chen:approver dara:responsible; do quiet "${pair%%:*}" order sign "$order" --case "$case_id" --role "${pair##*:}" --yes; done
  step wei order sign "$order" --case "$case_id" --role witness --yes
  told wei witness start
  step wei today
  step wei order witness "$order" --case "$case_id" --at start --file "$WORK/paper.pdf" --yes
  told wei witness end
  step wei today
  step wei order witness "$order" --case "$case_id" --at end --file "$WORK/paper.pdf" --yes
  wait_for "$case_id" "$order" certified
  step olivia bundle fetch --case "$case_id" --holding "$disk" --out "$WORK/bundle" --wait 60
  step olivia order show "$order" --case "$case_id"
}

auditor() {
  note "Eli, auditor: the certificate, the ledger decided again, what has ended, and where the case stands"
  step eli verify "$WORK/bundle" --root "$LAB/root.pem"
  step eli audit export --case "$case_id" --out "$WORK/ledger"
  step eli replay "$WORK/ledger" --root "$LAB/root.pem" --tree
  step eli audit sample "$case_id" --seed 00112233445566778899aabbccddeeff --count 1
  step eli check --case "$case_id" --gate close
}

compare() { # name
  plain <"$WORK/$1.txt" >"$WORK/$1.plain"
  if [ "${QUIETUS_GOLDEN_UPDATE:-}" = 1 ]; then cp "$WORK/$1.plain" "$here/$1.txt"; fi
  diff -u "$here/$1.txt" "$WORK/$1.plain" || differs=1
  # Commands are as long as they are typed, and a refusal is one line for each reason.
  sed -E '/^[a-z]+\$ quietus|^quietus: |^  /d' "$WORK/$1.plain" >"$WORK/screen"
  [ "$(wc -L <"$WORK/screen")" -le 100 ] || { awk 'length > 100' "$WORK/screen"; die "$1 is wider than a hundred columns"; }
}

for lang in en zh; do
  begin
  for journey in operator storage_admin auditor; do
    "$journey" >"$WORK/$journey.$lang.txt"
    compare "$journey.$lang"
  done
  quietus lab down "$LAB" >/dev/null 2>&1
done
[ "$differs" = 0 ] || die "what people see has changed: read it, then QUIETUS_GOLDEN_UPDATE=1"
echo "3 journeys in 2 languages read as they did"
