/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * main.c - tipringd: options, signals, run.
 *
 * Exit status: 0 ended as asked (or --check found nothing), 1 the configuration
 * is wrong, 2 wrong use of the command, 3 it could not be started.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/gateway.h"
#include "gateway/process.h"
#include "gateway/setup.h"
#include "sip/agent.h"

enum { STATUS_CONFIG = 1, STATUS_USAGE = 2, STATUS_START = 3 };

struct options {
	const char *config;
	bool check, scan, setup, yes, require_lines, lock_memory;
	int level;		/* -1: the configuration's */
};

struct daemon {
	struct loop *loop;
	struct gateway *gateway;
	bool stopping;
};

static const char help[] =
"tipringd - SIP trunk gateway for analog lines\n"
"\n"
"  -c, --config FILE    the configuration; default " SYSCONFDIR
"/tipring/tipring.conf\n"
"      --check          check the configuration, print every error, and end\n"
"      --require-lines  with --check: no line at all is an error too\n"
"      --scan           print the ports there are and lines = ( ... ) for them\n"
"      --setup          write DAHDI's system.conf for the cards and the country, and\n"
"                       run dahdi_cfg; asks first, with --yes it does not\n"
"      --foreground     accepted; tipringd never leaves the foreground\n"
"      --lock-memory    keep the program in memory (needs LimitMEMLOCK=infinity)\n"
"  -v, --log LEVEL      error, warning, info or debug; goes before the file's\n"
"      --version        print the version and end\n"
"  -h, --help           print this and end\n"
"\n"
"SIGHUP reloads, SIGTERM and SIGINT end it. See tipringd(8), tipring.conf(5)\n"
"and tipring(1).\n";

static int level_of(const char *name)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

/* -1: go on, else the status to end with. */
static int parse(int argc, char **argv, struct options *o)
{
	enum { O_CHECK = 256, O_SCAN, O_SETUP, O_YES, O_FOREGROUND, O_VERSION, O_LINES, O_LOCK };
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, O_CHECK },
		{ "scan", no_argument, NULL, O_SCAN },
		{ "setup", no_argument, NULL, O_SETUP },
		{ "yes", no_argument, NULL, O_YES },
		{ "require-lines", no_argument, NULL, O_LINES },
		{ "foreground", no_argument, NULL, O_FOREGROUND },
		{ "lock-memory", no_argument, NULL, O_LOCK },
		{ "log", required_argument, NULL, 'v' },
		{ "version", no_argument, NULL, O_VERSION },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:v:h", longs, NULL)) != -1) {
		switch (c) {
		case 'c': o->config = optarg; break;
		case O_CHECK: o->check = true; break;
		case O_SCAN: o->scan = true; break;
		case O_SETUP: o->setup = true; break;
		case O_YES: o->yes = true; break;
		case O_LINES: o->require_lines = true; break;
		case O_FOREGROUND: break;
		case O_LOCK: o->lock_memory = true; break;
		case 'v':
			o->level = level_of(optarg);
			if (o->level >= 0)
				break;
			fprintf(stderr, "tipringd: --log %s: must be error, "
				"warning, info or debug\n", optarg);
			return STATUS_USAGE;
		case O_VERSION:
			puts("tipringd " PACKAGE_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			fputs("tipringd: see tipringd --help\n", stderr);
			return STATUS_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "tipringd: unexpected \"%s\"; see tipringd "
			"--help\n", argv[optind]);
		return STATUS_USAGE;
	}
	return -1;
}

static void print_error(void *arg, const char *text)
{
	fprintf(stderr, "%s\n", text);
}

static struct config *load(const struct options *o)
{
	struct config *conf = config_load(o->config, print_error, NULL);

	if (conf && gateway_check(conf, print_error, NULL)) {
		config_free(conf);
		return NULL;
	}
	if (conf && o->require_lines && !conf->line_count && !conf->span_count) {
		fprintf(stderr, "%s: no line is configured; add one to "
			"lines = ( ... ), or a span to spans = ( ... )\n", o->config);
		config_free(conf);
		return NULL;
	}
	return conf;
}

static int check(const struct options *o)
{
	struct config *conf = load(o);

	if (!conf)
		return STATUS_CONFIG;
	printf("%s: ok, %zu line%s, %zu trunk%s", o->config, conf->line_count,
	       conf->line_count == 1 ? "" : "s", conf->trunk_count,
	       conf->trunk_count == 1 ? "" : "s");
	if (conf->span_count)
		printf(", %zu span%s", conf->span_count,
		       conf->span_count == 1 ? "" : "s");
	putchar('\n');
	config_free(conf);
	return 0;
}

static void on_stopped(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

static void on_signal(void *arg, int signal)
{
	struct daemon *d = arg;

	if (signal == SIGHUP) {
		gateway_hangup(d->gateway);
		return;
	}
	if (d->stopping) {
		log_warning("asked a second time: stopped hard");
		loop_stop(d->loop);
		return;
	}
	d->stopping = true;
	log_info("stopping: %s", strsignal(signal));
	gateway_shutdown(d->gateway, on_stopped, d);
}

static int run(const struct options *o)
{
	struct gateway_options options = { .keep_log_level = o->level >= 0 };
	struct daemon d = { 0 };
	struct process_signals *signals = NULL;
	struct config *conf = load(o);
	int status = STATUS_START;
	char why[512] = "";

	if (!conf)
		return STATUS_CONFIG;
	if (!geteuid() && !getenv("INVOCATION_ID"))
		log_info("runs as root; the service runs as its own user");
	process_limits();
	if (o->lock_memory)
		process_lock_memory();
	d.loop = loop_su_new();
	if (d.loop)
		signals = process_signals_new(d.loop, on_signal, &d);
	if (!signals) {
		log_error("cannot start: %s", strerror(errno));
		config_free(conf);
		goto out;
	}
	d.gateway = gateway_new(d.loop, conf, &options, why, sizeof(why));
	if (!d.gateway) {
		log_error("cannot start: %s", why);
		goto out;
	}
	log_info("tipringd " PACKAGE_VERSION " runs: %zu lines, %zu trunks",
		 conf->line_count, conf->trunk_count);
	loop_run(d.loop);
	gateway_free(d.gateway);
	process_deadline(0);
	log_info("ended");
	status = 0;
out:
	process_signals_free(signals);
	loop_free(d.loop);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = {
		.config = SYSCONFDIR "/tipring/tipring.conf",
		.level = -1,
	};
	int status = parse(argc, argv, &o);

	if (status >= 0)
		return status;
	if (o.level >= 0)
		log_set_level((enum log_level)o.level);
	if (o.scan)
		return gateway_scan(o.config);
	if (o.setup)
		return gateway_setup(o.config, o.yes);
	return o.check ? check(&o) : run(&o);
}
