# registrars and TLS servers with faults, and calls after each
TESTS += tests/system/registrar-test.py
EXTRA_DIST += tests/system/registrar-test.py

# One after the other, as the rest.
tests/system/registrar-test.log: tests/system/tls-test.log
tests/system/load-test.log: tests/system/registrar-test.log
