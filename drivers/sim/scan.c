/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * scan.c - which simulated lines there are: the sockets of a directory, each
 * asked what it is.
 */
#define _GNU_SOURCE
#include "drivers/sim/port.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROBE_MS 300

static pthread_mutex_t directory_lock = PTHREAD_MUTEX_INITIALIZER;
static char scan_directory[SIM_PATH];

void sim_scan_directory(const char *directory)
{
	pthread_mutex_lock(&directory_lock);
	snprintf(scan_directory, sizeof(scan_directory), "%s", directory);
	pthread_mutex_unlock(&directory_lock);
}

static void where(char directory[SIM_PATH])
{
	const char *env = getenv("TIPRING_SIM_DIRECTORY");

	pthread_mutex_lock(&directory_lock);
	snprintf(directory, SIM_PATH, "%s", *scan_directory ? scan_directory :
		 env ? env : RUNSTATEDIR "/tipring/sim");
	pthread_mutex_unlock(&directory_lock);
}

int sim_probe(const char *path, enum port_kind *kind, bool *in_use)
{
	struct wire_message m = { .magic = WIRE_MAGIC, .version = WIRE_VERSION,
				  .type = WIRE_PROBE };
	int fds[WIRE_FDS], fd = wire_connect(path), got = -ENODEV;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return fd;
	if (!wire_send(fd, &m, NULL, 0) && poll(&pfd, 1, PROBE_MS) == 1)
		got = wire_receive(fd, &m, fds);
	close(fd);
	if (got < 1)
		return got ? got : -ENODEV;
	wire_close_fds(fds);
	/* A D channel answers without a kind. */
	if (m.type != WIRE_INFO || m.kind < PORT_FXS || m.kind > PORT_B)
		return -EPROTO;
	/* An FXS port at the far end is where our FXO port is plugged in. */
	*kind = sim_other(m.kind);
	if (in_use)
		*in_use = m.in_use;
	return 0;
}

int sim_scan(int (*found)(const struct port_info *, void *), void *arg)
{
	char directory[SIM_PATH], path[SIM_PATH];
	struct dirent **entries;
	int err = 0, n;

	where(directory);
	n = scandir(directory, &entries, NULL, versionsort);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		struct port_info info = { .signalling = SIGNALLING_KEWLSTART,
					  .format = AUDIO_MULAW };
		const char *line = entries[i]->d_name;

		if (!err && strlen(line) < PORT_NAME_SIZE - 4 &&
		    !wire_path(path, sizeof(path), directory, line) &&
		    !sim_probe(path, &info.kind, &info.in_use)) {
			snprintf(info.name, sizeof(info.name), "sim/%.27s", line);
			snprintf(info.text, sizeof(info.text), "simulated line, %.76s",
				 path);
			info.capabilities = sim_capabilities(info.kind);
			err = found(&info, arg);
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}
