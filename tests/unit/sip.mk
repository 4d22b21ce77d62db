check_PROGRAMS += tests/unit/sip-agent-test
TESTS += tests/unit/sip-agent-test
sip_test_fixture = tests/unit/sip-fixture.c tests/unit/sip-fixture.h \
	tests/unit/sip-peers.c
sip_test_libs = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS) $(CMOCKA_LIBS) -lpthread
tests_unit_sip_agent_test_SOURCES = tests/unit/sip-agent-test.c \
	$(sip_test_fixture)
tests_unit_sip_agent_test_LDADD = $(sip_test_libs)
tests_unit_sip_agent_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

check_PROGRAMS += tests/unit/sip-trunk-test
TESTS += tests/unit/sip-trunk-test
tests_unit_sip_trunk_test_SOURCES = tests/unit/sip-trunk-test.c \
	tests/unit/sip-registrar.c tests/unit/sip-registrar.h $(sip_test_fixture)
tests_unit_sip_trunk_test_LDADD = $(sip_test_libs)
tests_unit_sip_trunk_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

check_PROGRAMS += tests/unit/sip-mailbox-test
TESTS += tests/unit/sip-mailbox-test
tests_unit_sip_mailbox_test_SOURCES = tests/unit/sip-mailbox-test.c \
	tests/unit/sip-registrar.c tests/unit/sip-registrar.h $(sip_test_fixture)
tests_unit_sip_mailbox_test_LDADD = $(sip_test_libs)
tests_unit_sip_mailbox_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

check_PROGRAMS += tests/unit/sip-access-test
TESTS += tests/unit/sip-access-test
tests_unit_sip_access_test_SOURCES = tests/unit/sip-access-test.c \
	$(sip_test_fixture)
tests_unit_sip_access_test_LDADD = $(sip_test_libs)
tests_unit_sip_access_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

check_PROGRAMS += tests/unit/sip-offer-test tests/unit/sip-text-test
TESTS += tests/unit/sip-offer-test tests/unit/sip-text-test
tests_unit_sip_offer_test_SOURCES = tests/unit/sip-offer-test.c
tests_unit_sip_offer_test_LDADD = $(sip_test_libs)
tests_unit_sip_text_test_SOURCES = tests/unit/sip-text-test.c
tests_unit_sip_text_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-flood-test
TESTS += tests/unit/sip-flood-test
tests_unit_sip_flood_test_SOURCES = tests/unit/sip-flood-test.c
tests_unit_sip_flood_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-cause-test
TESTS += tests/unit/sip-cause-test
tests_unit_sip_cause_test_SOURCES = tests/unit/sip-cause-test.c
tests_unit_sip_cause_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-digest-test
TESTS += tests/unit/sip-digest-test
tests_unit_sip_digest_test_SOURCES = tests/unit/sip-digest-test.c \
	tests/unit/sip-registrar.c tests/unit/sip-registrar.h $(sip_test_fixture)
tests_unit_sip_digest_test_LDADD = $(sip_test_libs)
tests_unit_sip_digest_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

check_PROGRAMS += tests/unit/sip-proof-test
TESTS += tests/unit/sip-proof-test
tests_unit_sip_proof_test_SOURCES = tests/unit/sip-proof-test.c
tests_unit_sip_proof_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-framing-test
TESTS += tests/unit/sip-framing-test
tests_unit_sip_framing_test_SOURCES = tests/unit/sip-framing-test.c
tests_unit_sip_framing_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-stun-test
TESTS += tests/unit/sip-stun-test
tests_unit_sip_stun_test_SOURCES = tests/unit/sip-stun-test.c
tests_unit_sip_stun_test_LDADD = $(sip_test_libs)

check_PROGRAMS += tests/unit/sip-loop-test
TESTS += tests/unit/sip-loop-test
tests_unit_sip_loop_test_SOURCES = tests/unit/sip-loop-test.c
tests_unit_sip_loop_test_LDADD = $(sip_test_libs)
tests_unit_sip_loop_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)
check_PROGRAMS += tests/unit/sip-lookup-test
TESTS += tests/unit/sip-lookup-test
tests_unit_sip_lookup_test_SOURCES = tests/unit/sip-lookup-test.c
tests_unit_sip_lookup_test_LDADD = $(sip_test_libs)
tests_unit_sip_lookup_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)

EXTRA_DIST += tests/system/sipp/in-100rel.xml tests/system/sipp/in-answer.xml \
	tests/system/sipp/in-cancel.xml tests/system/sipp/in-early.xml \
	tests/system/sipp/in-hold.xml tests/system/sipp/in-info.xml \
	tests/system/sipp/in-late.xml tests/system/sipp/in-proof.xml \
	tests/system/sipp/in-refresh.xml \
	tests/system/sipp/in-released.xml tests/system/sipp/in-video.xml \
	tests/system/sipp/out-answer.xml tests/system/sipp/out-auth.xml \
	tests/system/sipp/out-cancelled.xml tests/system/sipp/out-crossing.xml \
	tests/system/sipp/out-early.xml tests/system/sipp/out-held.xml \
	tests/system/sipp/out-private.xml tests/system/sipp/out-tones.xml \
	tests/system/sipp/out-refused.xml tests/system/sipp/out-ringing.xml \
	tests/system/sipp/refused.xml tests/system/sipp/refused-body.xml \
	tests/system/sipp/refused-codec.xml tests/system/sipp/refused-sdp.xml

check_PROGRAMS += tests/unit/sip-session-test
TESTS += tests/unit/sip-session-test
tests_unit_sip_session_test_SOURCES = tests/unit/sip-session-test.c \
	$(sip_test_fixture)
tests_unit_sip_session_test_LDADD = $(sip_test_libs)
tests_unit_sip_session_test_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)
