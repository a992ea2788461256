"""Client of pairs.sh: one connection, AES-256 keys created and destroyed for some seconds. Prints pairs/s."""

import logging
import sys
import time

from kmip import enums
from kmip.pie.client import ProxyKmipClient


logging.disable(logging.CRITICAL)  # it tells of every try to connect, and of every configuration it does not find


def client(folder, port):
    return ProxyKmipClient(
        hostname="127.0.0.1", port=port, cert=f"{folder}/client.crt", key=f"{folder}/client.key",
        ca=f"{folder}/ca.crt", ssl_version="PROTOCOL_TLSv1_2")


def connected(folder, port):
    why = None
    for _ in range(100):
        try:
            found = client(folder, port)
            found.open()
            return found
        except Exception as failure:  # the server is still starting
            why = failure
            time.sleep(0.1)
    sys.exit(f"pykmip-server did not come up: {why!r}")


def main():
    folder, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    kmip = connected(folder, port)
    pairs, begun = 0, time.monotonic()
    while time.monotonic() - begun < seconds:
        kmip.destroy(kmip.create(enums.CryptographicAlgorithm.AES, 256))
        pairs += 1
    print(f"{pairs / (time.monotonic() - begun):.1f}")
    kmip.close()


main()
