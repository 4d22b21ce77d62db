# SIP over TLS: no real time in it
TESTS += tests/system/tls-test.py tests/system/trust-test.py
EXTRA_DIST += tests/system/tls-test.py tests/system/trust-test.py \
	tests/system/certs.py tests/system/tlsbed.py \
	tests/system/tlsphone.py

# 2,000 connections beside a call: in real time, one after the other.
TESTS += tests/system/connections-test.py
EXTRA_DIST += tests/system/connections-test.py
