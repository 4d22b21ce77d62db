# The SIP library's faults, each in a program of its own, without a guard of ours;
# ./configure runs the same ones.
fault_programs = tests/faults/names tests/faults/tls tests/faults/accept \
	tests/faults/idle tests/faults/servers
fault_libs = $(SOFIA_LIBS) $(OPENSSL_LIBS) -ldl
fault_ldflags = $(AM_LDFLAGS) -rdynamic
tests_faults_names_SOURCES = tests/faults/names.c tests/faults/fault.h
tests_faults_names_LDADD = $(fault_libs)
tests_faults_names_LDFLAGS = $(fault_ldflags)
tests_faults_tls_SOURCES = tests/faults/tls.c tests/faults/fault.h
tests_faults_tls_LDADD = $(fault_libs)
tests_faults_tls_LDFLAGS = $(fault_ldflags)
tests_faults_accept_SOURCES = tests/faults/accept.c tests/faults/fault.h
tests_faults_accept_LDADD = $(fault_libs)
tests_faults_accept_LDFLAGS = $(fault_ldflags)
tests_faults_idle_SOURCES = tests/faults/idle.c tests/faults/fault.h
tests_faults_idle_LDADD = $(fault_libs)
tests_faults_idle_LDFLAGS = $(fault_ldflags)
tests_faults_servers_SOURCES = tests/faults/servers.c tests/faults/fault.h
tests_faults_servers_LDADD = $(fault_libs)
tests_faults_servers_LDFLAGS = $(fault_ldflags)

# The same with its guard.
guarded_programs = tests/faults/with-servers
tests_faults_with_servers_SOURCES = tests/faults/servers.c tests/faults/fault.h \
	src/sip/resolver.c
tests_faults_with_servers_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags) \
	-Wl,--export-dynamic-symbol=time
tests_faults_with_servers_LDADD = libsip.a libbase.a $(fault_libs) -lpthread

# One guard each that the library cannot see: the check at the start must say so.
unexported_programs = tests/faults/without-names tests/faults/without-tls \
	tests/faults/without-accept
unexported_cflags = $(AM_CFLAGS) -fvisibility=hidden
unexported_ldflags = $(AM_LDFLAGS) $(guard_ldflags)
unexported_libs = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS) -lpthread
tests_faults_without_names_SOURCES = tests/faults/unexported.c src/sip/guards.c
tests_faults_without_names_CFLAGS = $(unexported_cflags)
tests_faults_without_names_LDFLAGS = $(unexported_ldflags)
tests_faults_without_names_LDADD = $(unexported_libs)
tests_faults_without_tls_SOURCES = tests/faults/unexported.c src/sip/tls_guard.c
tests_faults_without_tls_CFLAGS = $(unexported_cflags)
tests_faults_without_tls_LDFLAGS = $(unexported_ldflags)
tests_faults_without_tls_LDADD = $(unexported_libs)
tests_faults_without_accept_SOURCES = tests/faults/unexported.c src/sip/connections.c
tests_faults_without_accept_CFLAGS = $(unexported_cflags)
tests_faults_without_accept_LDFLAGS = $(unexported_ldflags)
tests_faults_without_accept_LDADD = $(unexported_libs)

# The same sources as where ./configure found the library cured: no guard is left.
cured_programs = tests/faults/cured
tests_faults_cured_SOURCES = tests/faults/unexported.c src/sip/guards.c \
	src/sip/tls_guard.c src/sip/connections.c src/sip/resolver.c
tests_faults_cured_CPPFLAGS = $(AM_CPPFLAGS) -DSOFIA_ASKS_NO_NAMES=1 \
	-DSOFIA_FREES_TLS=1 -DSOFIA_PAUSES_ACCEPT=1 -DSOFIA_CLOSES_IDLE=1 \
	-DSOFIA_BEARS_FEWER=1
tests_faults_cured_LDFLAGS = $(unexported_ldflags)
tests_faults_cured_LDADD = $(unexported_libs)

check_PROGRAMS += $(fault_programs) $(guarded_programs) $(unexported_programs) \
	$(cured_programs)
TESTS += tests/system/sip-faults-test.py
EXTRA_DIST += tests/system/sip-faults-test.py
