#!/usr/bin/env bash
# An appliance whose token has no ECDSA: initialisation makes RSA keys, certificates are signed with RSASSA-PSS, and a stranger checks
# them with every command of VERIFY.txt, as our own verifier does.
# usage: rsa_certificate.sh
. "$(dirname "$0")/lab.sh"

jq '.quirks.no_ecdsa = true' "$(dirname "$0")/../../hsm-config/softhsm2.json" >"$WORK/profile.json"
quietus lab up "$LAB" --hsm-profile "$WORK/profile.json" >/dev/null
for name in mandate certificate checkpoint; do
  openssl x509 -in "$LAB/kms/trust/$name.pem" -noout -text | grep -q 'Public-Key: (3072 bit)' || die "the $name key is not RSA-3072"
done
case_id=$(new_case)
records=$(new_records "$case_id" ledgers)
disk=$(new_disk "$case_id" old)
order=$(propose "$case_id" "$records" "$disk")
sign_all "$case_id" "$order"
wait_for "$case_id" "$order" certified 300
for holding in "$records" "$disk"; do
  bundle "$case_id" "$holding" "$WORK/bundle-$holding"
  verify "$WORK/bundle-$holding"
  openssl asn1parse -inform DER -in "$WORK/bundle-$holding/certificate.p7s" | grep -q ':rsassaPss' || die "not signed with RSASSA-PSS"
  sed -n '/^#-- commands begin$/,/^#-- commands end$/{//!p}' "$WORK/bundle-$holding/VERIFY.txt" >"$WORK/commands"
  [ "$(wc -l <"$WORK/commands")" -ge 9 ] || die "VERIFY.txt has too few commands"
  grep -q rsa_padding_mode:pss "$WORK/commands" || die "VERIFY.txt does not speak of RSASSA-PSS"
  while IFS= read -r command; do
    (cd "$WORK/bundle-$holding" && bash -c "$command" >"$WORK/out" 2>&1) || { cat "$WORK/out"; die "openssl refuses: $command"; }
  done <"$WORK/commands"
done
echo "2 certificates signed with RSA-3072, every command of VERIFY.txt passed, 0 failed"
