/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * setup.h - tipringd --setup: the kernel's side of the lines, so that
 * tipring.conf is all a user edits. DAHDI's own dahdi_genconf finds the ports;
 * the tone zone is the country's.
 */
#ifndef GATEWAY_SETUP_H
#define GATEWAY_SETUP_H

#include <stdbool.h>
#include <stddef.h>

/* Writes DAHDI's system.conf and runs dahdi_cfg, after showing what changes and
 * asking; yes: without asking. The status to end with. */
int gateway_setup(const char *file, bool yes);

/* card_options.c. Offers an options file of modprobe for the country, where a module
 * (dir: /sys/module) still has its standard. early: caller ID may come before the first
 * ring there. 0 or 1: the status to end with. */
int card_options(const char *country, bool early, const char *dir, const char *file,
		 bool yes);

/* setup_run.c. An absolute path of a program in PATH or the sbin directories;
 * false: there is none. */
bool setup_find(const char *program, char *path, size_t size);
/* Runs a program (argv[0] is its path) to its end. out: a file for what it
 * prints, NULL: ours. Its exit status, 128 + signal, or -errno. */
int setup_run(char *const argv[], const char *out);
/* All of a file, to be freed; NULL and errno. */
char *setup_read(const char *path);
/* Through a new file beside it, so that a half one never stands there. */
int setup_write(const char *path, const char *text);

#endif
