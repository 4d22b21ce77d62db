# the configuration as it is installed, and examples of it
tipringconfdir = $(sysconfdir)/tipring
dist_tipringconf_DATA = etc/tipring.conf
examplesdir = $(docdir)/examples
dist_examples_DATA = etc/examples/pbx-extensions.conf \
	etc/examples/pbx-trunk-ports.conf etc/examples/co-fallback.conf \
	etc/examples/account-per-line.conf etc/examples/one-number.conf \
	etc/examples/static-ip-trunk.conf etc/examples/kamailio-in-front.conf \
	etc/examples/behind-nat.conf etc/examples/tls-srtp.conf \
	etc/examples/pri-pbx.conf etc/examples/sim-demo.conf
