# files of etc/
include etc/service.mk
