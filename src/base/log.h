/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * log.h - one line a message, to standard error; under systemd with the
 * priority prefix that the journal reads (sd-daemon(3)). Not for the pump's
 * thread: it counts and lets signalling speak.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO,
		 LOG_LEVEL_DEBUG };

void log_set_level(enum log_level);
bool log_wants(enum log_level);
/* Sends lines elsewhere, NULL: standard error again. For tests and watch. */
void log_set_sink(void (*)(enum log_level, const char *line));

void log_write(enum log_level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)                                          \
	do {                                                    \
		if (log_wants(LOG_LEVEL_DEBUG))                 \
			log_write(LOG_LEVEL_DEBUG, __VA_ARGS__); \
	} while (0)

#endif
