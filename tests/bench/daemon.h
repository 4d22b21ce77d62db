/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * daemon.h - tipringd as a child, with a configuration of N telephones that
 * call the bench's SIP server as soon as they are lifted; and what it costs.
 */
#ifndef BENCH_DAEMON_H
#define BENCH_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define BENCH_JITTER_MS 20	/* the jitter buffer's delay, fixed */

struct daemon {
	/* Writes the lines of the configuration instead of N telephones on
	 * simulated ports; NULL: those. */
	void (*lines)(FILE *, unsigned n);
	unsigned jitter_most_ms;	/* 0: the delay is fixed */
	bool keeps_log;		/* at "info", in the directory, until it is asked for;
				   else it tells its warnings at once */
	pid_t pid;
	int notify_fd;		/* what it tells a service manager; -1: no more */
	char directory[40];	/* temporary, with all files in it */
};

/* A directory; lines are to be found in it. 0 or -1. */
int daemon_prepare(struct daemon *);
/* Starts program for n lines whose trunk is 127.0.0.1:sip_port. 0 or -1. */
int daemon_start(struct daemon *, const char *program, unsigned n,
		 uint16_t sip_port);
/* It has told that it runs: lines and trunks are made. 0 or 1; -1: it has ended,
 * which was told. Does not wait. */
int daemon_ready(struct daemon *);
void daemon_tell_log(const struct daemon *);	/* the end of it, to stderr */
/* Ends it and removes the directory. -1: it did not end well. */
int daemon_stop(struct daemon *);

double daemon_cpu_us(const struct daemon *);	/* all threads, so far */
double daemon_rss_mb(const struct daemon *);	/* MiB */

#endif
