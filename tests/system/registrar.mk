# registrars and TLS servers with faults, and calls after each
TESTS += tests/system/registrar-test.py
EXTRA_DIST += tests/system/registrar-test.py
