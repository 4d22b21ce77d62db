/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * command.h - one command: its words are split, its line is found, it runs.
 */
#ifndef PBX_COMMAND_H
#define PBX_COMMAND_H

#include "pbx/client.h"
#include "pbx/line.h"

#define COMMAND_WORDS 24

/* words: those behind the line. 0; 1: it waits; -errno and text. l is NULL for
 * commands without a line. */
typedef int command_fn(struct client *, struct pbx_line *l, char **words, int count);

struct command {
	const char *name;
	int least, most;	/* words behind the name */
	command_fn *fn;
	const char *usage, *what;
};

extern const struct command command_table[];	/* ends with a NULL name */

int command_fail(struct client *, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A number of that range, or -1000. */
double command_number(const char *text, double least, double most);
/* What came on this line before counts no more for this client's expects. */
void client_forget(struct client *, const struct pbx_line *);

/* command_sound.c */
command_fn do_play, do_record, do_speak, do_tone, do_hold, do_stop, do_noise, do_model;
/* command_span.c */
command_fn do_call, do_info, do_alert, do_progress, do_notify, do_restart, do_d_channel;
command_fn do_park, do_retrieve, do_join, do_party, do_service;
command_fn command_span_release;
int command_span_result(struct client *, const struct pbx_line *, int err);
/* command_wait.c */
command_fn do_dial, do_wait_played, do_expect, do_sleep, do_status, do_help, do_quit;

#endif
