#!/usr/bin/env bash
# Create+destroy pairs per second of PyKMIP's own server (Debian python3-pykmip) over mutual TLS on loopback:
# the baseline of scripts/bench keys. Prints one number.
# usage: pairs.sh [SECONDS]
set -euo pipefail
seconds=${1:-3}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
end() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap end EXIT; 

certificate() { # name, extensions
  openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
    -out "$work/$1.crt" -extfile <(printf '%b' "$2") 2>/dev/null
}
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.crt" -days 2 \
  -subj "/CN=bench" -addext basicConstraints=critical,CA:TRUE 2>/dev/null
certificate server "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth"
certificate client "extendedKeyUsage=clientAuth"

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$work/policy"
cat > "$work/server.conf" <<CONF
[server]
hostname=127.0.0.1
port=$port
certificate_path=$work/server.crt
key_path=$work/server.key
ca_path=$work/ca.crt
auth_suite=TLS1.2
policy_path=$work/policy
enable_tls_client_auth=True
logging_level=ERROR
database_path=$work/pykmip.db
tls_cipher_suites=
CONF
timeout $((seconds + 60)) pykmip-server -f "$work/server.conf" -l "$work/server.log" >"$work/out" 2>&1 &
server=$!
timeout $((seconds + 60)) /usr/bin/python3 "$here/pairs.py" "$work" "$port" "$seconds"
