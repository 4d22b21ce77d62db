/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"

bool cli_number(const char *text, long most, long *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtol(text, &end, 10);
	return !errno && !*end && *value <= most;
}

const char *cli_text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

long long cli_int(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

double cli_real(const json_t *j, const char *key)
{
	return json_number_value(json_object_get(j, key));
}

bool cli_true(const json_t *j, const char *key)
{
	return json_is_true(json_object_get(j, key));
}

const char *cli_duration(char *buf, double seconds)
{
	long long s = seconds > 0 ? (long long)(seconds + 0.5) : 0;

	if (s >= 86400)
		snprintf(buf, 24, "%lldd %02lld:%02lld", s / 86400,
			 s / 3600 % 24, s / 60 % 60);
	else if (s >= 3600)
		snprintf(buf, 24, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60,
			 s % 60);
	else
		snprintf(buf, 24, "%lld:%02lld", s / 60, s % 60);
	return buf;
}

const char *cli_bound(char *buf, const json_t *limit)
{
	long long max = cli_int(limit, "max");
	long long now = cli_int(limit, "in") + cli_int(limit, "out");

	if (max < 0)
		snprintf(buf, 32, "%lld", now);
	else
		snprintf(buf, 32, "%lld/%lld", now, max);
	return buf;
}

const char *cli_when(char *buf, const char *iso)
{
	struct tm tm = { 0 };
	time_t t;

	*buf = 0;
	if (!strptime(iso, "%Y-%m-%dT%H:%M:%S", &tm))
		return buf;
	t = timegm(&tm);
	if (localtime_r(&t, &tm))
		strftime(buf, 32, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}
