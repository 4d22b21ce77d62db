# for fail2ban and nftables, as examples: who installs them decides
securityexamplesdir = $(examplesdir)/security
dist_securityexamples_DATA = etc/fail2ban/tipring-filter.conf \
	etc/fail2ban/tipring-jail.conf etc/nftables/tipring.nft
