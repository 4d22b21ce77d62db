# the service: unit and log rotation
systemdunitdir = $(prefix)/lib/systemd/system
systemdunit_DATA = etc/tipring.service
logrotatedir = $(sysconfdir)/logrotate.d
logrotate_DATA = etc/logrotate.d/tipring
service_files = etc/tipring.service etc/logrotate.d/tipring
EXTRA_DIST += $(service_files:=.in)
CLEANFILES += $(service_files)

$(service_files): % : %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@localstatedir[@]|$(localstatedir)|g' \
		'$(srcdir)/$@.in' >$@
