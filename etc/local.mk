# files of etc/
include etc/service.mk
include etc/config.mk
include etc/security.mk
