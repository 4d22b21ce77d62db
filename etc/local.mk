# files of etc/
