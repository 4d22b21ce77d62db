/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * main.c - tipring-pbx: opens the lines, runs the loop, closes the lines.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "pbx/client.h"
#include "pbx/line.h"
#include "pbx/options.h"
#include "pbx/pbx.h"
#include "pbx/span.h"

static void on_signal(void *arg, int fd, short revents)
{
	struct signalfd_siginfo info;
	struct pbx *p = arg;

	if (read(fd, &info, sizeof(info)) == sizeof(info))
		loop_stop(p->loop);
}

/* INT and TERM end it in order; a reader that has gone must not. */
static int watch_signals(struct pbx *p)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd >= 0 && !loop_watch(p->loop, fd, POLLIN, on_signal, p)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int open_all(struct pbx *p, const struct options *o, struct control **control)
{
	char why[320];
	int err = 0;

	for (unsigned i = 0; i < o->line_count && !err; i++)
		err = line_open(p, &o->lines[i], o->directory, &o->model,
				why, sizeof(why));
	for (unsigned i = 0; i < o->span_count && !err; i++)
		err = span_open(p, &o->spans[i], o->directory, &o->model,
				why, sizeof(why));
	if (!err && o->control)
		err = control_open(control, p, o->control, why, sizeof(why));
	if (!err && o->script)
		err = client_script(p, o->script, o->stay || o->interactive ||
				    o->control, why, sizeof(why));
	if (!err && o->interactive) {
		err = client_terminal(p);
		snprintf(why, sizeof(why), "standard input: %s", strerror(-err));
	}
	if (err)
		fprintf(stderr, "tipring-pbx: %s\n", why);
	return err;
}

static int run(const struct options *o)
{
	static struct pbx pbx;
	struct pbx *p = &pbx;
	struct control *control = NULL;
	int signals;

	p->country = country_find(o->country);
	if (!p->country) {
		fprintf(stderr, "tipring-pbx: there is no country \"%s\"; give a code "
			"like us, de, fr\n", o->country);
		return 2;
	}
	list_init(&p->clients);
	p->log = o->log;
	p->began = clock_ms();
	p->loop = loop_epoll_new();
	if (!p->loop) {
		perror("tipring-pbx");
		return 2;
	}
	signals = watch_signals(p);
	if (open_all(p, o, &control))
		p->status = 2;
	else
		loop_run(p->loop);
	clients_free(p);
	control_close(control);
	for (unsigned i = 0; i < p->span_count; i++)
		span_close(p->spans[i]);
	while (p->line_count)
		line_close(p->lines[--p->line_count]);
	loop_free(p->loop);
	close(signals);
	return p->status;
}

int main(int argc, char **argv)
{
	static struct options o;
	int status;

	if (!options_parse(&o, argc, argv, &status))
		return status;
	if (o.connect)
		return control_connect(o.connect, o.commands, o.command_count);
	return run(&o);
}
