#!/usr/bin/env bash
# A person who signs with a card: a real token through its PKCS#11 library, a key that never leaves it, a PIN that is tried once. Their
# connection has a certificate that is not good for signing.
# usage: person_card.sh
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
MODULE=/usr/lib/softhsm/libsofthsm2.so
export SOFTHSM2_CONF=$WORK/softhsm2.conf
mkdir "$WORK/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$WORK/tokens" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label "Bo's card" --so-pin 87654321 --pin 24681357 >/dev/null
card() { pkcs11-tool --module "$MODULE" --token-label "Bo's card" "$@" 2>/dev/null; }
card --login --pin 24681357 --keypairgen --key-type EC:prime256v1 --id 01 --label sign >/dev/null
card --read-object --type pubkey --id 01 --output-file "$WORK/card.spki"

# As an authority does for people with cards: one certificate that signs, one that only connects.
bo=$LAB/people/bo
issue() { # public key (PEM), key usage, output
  printf '[leaf]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,%s\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n' "$2" >"$WORK/leaf.cnf"
  openssl x509 -new -force_pubkey "$1" -CA "$LAB/offline/people-ca.pem" -CAkey "$LAB/offline/people-ca.key" \
    -set_serial "0x$(openssl rand -hex 15)" -days 30 -subj "$SUBJECT" -extfile "$WORK/leaf.cnf" -extensions leaf -out "$3" 2>"$WORK/out" ||
    { cat "$WORK/out"; die "no certificate"; }
}
# The subject as openssl takes it, most significant part first, of the same types.
SUBJECT=$(openssl x509 -in "$bo/certificate.pem" -noout -subject -nameopt compat | sed 's/^subject=//')
openssl pkey -pubin -inform DER -in "$WORK/card.spki" -out "$WORK/card.pub"
issue "$WORK/card.pub" digitalSignature,nonRepudiation "$bo/card.pem"
openssl pkey -in "$bo/key.pem" -pubout -out "$WORK/bo.pub"
issue "$WORK/bo.pub" digitalSignature "$WORK/connect.pem"
{ cat "$WORK/connect.pem"; sed '1,/-----END CERTIFICATE-----/d' "$bo/certificate.pem"; } >"$WORK/chain.pem"
cat "$WORK/chain.pem" >"$bo/certificate.pem"

case_id=$(new_case)
holding=$(new_records "$case_id" ledgers)
order=$(propose "$case_id" "$holding")
sign() { as bo order sign "$order" --case "$case_id" --role approver --yes; }

# With the key of the connection nothing is signed.
expect 1 sign
grep -qi "not good for\|repudiation\|usage" "$WORK/out" || { cat "$WORK/out"; die "the refusal does not say why"; }

uri='pkcs11:token=Bo%27s%20card;id=%01;type=private'
printf '%s\n' 99999999 >"$bo/pin" && chmod 600 "$bo/pin"
jq --arg m "$MODULE" --arg k "$uri" '.card = {module: $m, key: $k, certificate: "card.pem", pin_file: "pin"}' "$bo/quietus.json" >"$WORK/profile" && cat "$WORK/profile" >"$bo/quietus.json"
as bo case show "$case_id" >/dev/null || die "reading needs the card"

# A wrong PIN is tried once: somebody writes down what the token is asked.
SPY=/usr/lib/x86_64-linux-gnu/pkcs11-spy.so
jq --arg spy "$SPY" '.card.module = $spy' "$WORK/profile" >"$bo/quietus.json"
PKCS11SPY=$MODULE PKCS11SPY_OUTPUT=$WORK/asked expect 4 sign
grep -q "refuses the PIN" "$WORK/out" || { cat "$WORK/out"; die "a wrong PIN is not named"; }
[ "$(grep -c C_Login "$WORK/asked")" = 1 ] || die "the PIN was not tried once, but $(grep -c C_Login "$WORK/asked") times"
cat "$WORK/profile" >"$bo/quietus.json"

printf '%s\n' 24681357 >"$bo/pin"
jq --arg k "${uri/01/02}" '.card.key = $k' "$WORK/profile" >"$bo/quietus.json"
expect 1 sign # no such key
cat "$WORK/profile" >"$bo/quietus.json"
sign >/dev/null || die "the card does not sign"
for one in chen:approver dara:responsible wei:witness; do
  as "${one%%:*}" order sign "$order" --case "$case_id" --role "${one#*:}" --yes >/dev/null || die "$one does not sign"
done
wait_for "$case_id" "$order" certified 300
bundle "$case_id" "$holding" "$WORK/bundle"
verify "$WORK/bundle"
# Who verifies sees the card's certificate on the approval.
der=$(openssl x509 -in "$bo/card.pem" -outform DER | base64 -w0)
grep -rqF "$der" "$WORK/bundle" || die "the bundle does not hold the word of the card"
grep -rqF "$(openssl x509 -in "$WORK/connect.pem" -outform DER | base64 -w0)" "$WORK/bundle" && die "the connection's certificate got into the bundle"
[ "$(card --login --pin 24681357 --list-objects --type privkey | grep -c 'Private Key Object')" = 1 ] || die "the key left the card, or another came"
echo "1 order approved with a card and certified; refused: the connection's key, a wrong PIN, a key that is not on the card"
