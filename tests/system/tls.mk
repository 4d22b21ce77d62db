# SIP over TLS: no real time in it
TESTS += tests/system/tls-test.py
EXTRA_DIST += tests/system/tls-test.py tests/system/certs.py \
	tests/system/tlsphone.py
