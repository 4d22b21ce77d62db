# Those that wait for messages, not for sound. Before the tests that compute, so
# that make runs them beside these.
include tests/system/targets.mk
include tests/system/tls.mk
include tests/system/registrar.mk
include tests/system/lost.mk
include tests/system/address.mk
include tests/system/session.mk
include tests/system/proof.mk
include tests/system/setup.mk
