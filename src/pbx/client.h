/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * client.h - who gives commands: a script, a person, a connection to the
 * control socket. One command a line, one answer a command: "ok", or "error: "
 * and why. What waits (expect, sleep, dial, wait-played) holds up its own
 * client only.
 */
#ifndef PBX_CLIENT_H
#define PBX_CLIENT_H

#include "pbx/expect.h"
#include "pbx/pbx.h"

#define CLIENT_BUFFER 4096

enum client_kind { CLIENT_SCRIPT, CLIENT_TERMINAL, CLIENT_CONTROL };
enum client_wait { WAIT_NONE, WAIT_EXPECT, WAIT_SLEEP, WAIT_PLAYED, WAIT_DIALLED,
		   WAIT_SPEECH };

struct client {
	struct list_head node;
	struct pbx *pbx;
	enum client_kind kind;
	char name[128];		/* of a script, for errors */
	unsigned line_number;
	int in, out;		/* descriptors; in -1: ended */
	struct loop_watch *watch;
	bool watched;		/* in is a file else, always ready */
	char buffer[CLIENT_BUFFER];
	size_t used;
	bool ended;		/* no further input */
	bool dead;		/* to be freed in the next turn */
	bool stays;		/* a script's end does not end the program */

	enum client_wait wait;
	struct pbx_line *line;	/* waited for */
	struct expect expect;
	struct speech *speech;	/* being made for us */
	double seconds;		/* given to the wait */
	struct timer timer;	/* of the wait */
	struct timer turn;	/* goes on with the next command */
	uint64_t *seen;		/* per line: number of the event behind the last
				   one that an expect of ours has matched */
	char text[512];		/* the answer's */
};

/* A script; "-": standard input. 0 or -errno and a sentence. */
int client_script(struct pbx *, const char *file, bool stays, char *why, size_t size);
/* A person at the terminal. */
int client_terminal(struct pbx *);
/* A control connection; takes fd. */
int client_control(struct pbx *, int fd);
void clients_free(struct pbx *);

/* An event came or what is heard changed: whose wait is over? */
void clients_look(struct pbx *);

/* A command that waits is complete: 0, or text says why not. */
void client_done(struct client *, int err);
/* A line of an answer before its last one. */
void client_tell(struct client *, const char *text);

/* The control socket: 0 or -errno and a sentence. */
struct control;
int control_open(struct control **, struct pbx *, const char *path, char *why, size_t size);
void control_close(struct control *);
/* --connect: carries lines between the terminal and a control socket, or gives
 * the commands. The program's status. */
int control_connect(const char *path, char **commands, int count);

/* command.c: 0; 1: the answer comes later, by client_done(); -errno: text says
 * why. */
int command_run(struct client *, char *line);
void command_help(void (*print)(void *, const char *), void *arg, const char *name);

#endif
