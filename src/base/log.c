/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum log_level level = LOG_LEVEL_INFO;
static void (*sink)(enum log_level, const char *);

void log_set_level(enum log_level l)
{
	level = l;
}

bool log_wants(enum log_level l)
{
	return l <= level;
}

void log_set_sink(void (*s)(enum log_level, const char *))
{
	sink = s;
}

static const char *prefix(enum log_level l)
{
	static const char *const journal[] = { "<3>", "<4>", "<6>", "<7>" };
	static const char *const plain[] = { "error: ", "warning: ", "",
					     "debug: " };

	return getenv("JOURNAL_STREAM") ? journal[l] : plain[l];
}

void log_write(enum log_level l, const char *format, ...)
{
	char line[1024];
	va_list ap;
	int n;

	if (!log_wants(l))
		return;
	va_start(ap, format);
	n = vsnprintf(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* What came from a wire must not forge a second line. */
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	if (sink)
		sink(l, line);
	else
		dprintf(STDERR_FILENO, "%s%s\n", prefix(l), line);
}
