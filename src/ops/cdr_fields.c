/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "ops/cdr.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* systemd.journal-fields(7); random, and ours for good. */
#define CALL_ENDED_ID "5a9c2a69abb84bed9fcc830aa730d99b"

static const char *text_of(const json_t *record, const char *key)
{
	const char *s = json_string_value(json_object_get(record, key));

	return s ? s : "";
}

/* "call 7: 201 -> 5551234, pbx-1 to acme, 12.3 s, ended by pbx-1: hung up" */
static char *message(const json_t *r)
{
	json_t *talk = json_object_get(r, "talk_s");
	const char *calling = text_of(r, "calling_number");
	const char *called = text_of(r, "called_number");
	const char *to = text_of(r, "to");
	char *s;

	if (asprintf(&s, "MESSAGE=call %lld%s: %s -> %s, %s to %s, talked %.1f s, "
		     "released by %s: %s (%lld, %s)",
		     (long long)json_integer_value(json_object_get(r, "call")),
		     json_is_true(json_object_get(r, "emergency")) ?
		     " (emergency)" : "",
		     *calling ? calling : "unknown", *called ? called : "-",
		     text_of(r, "from"), *to ? to : "nowhere",
		     json_number_value(talk), text_of(r, "released_by"),
		     text_of(r, "reason"),
		     (long long)json_integer_value(json_object_get(r, "cause")),
		     text_of(r, "cause_text")) < 0)
		return NULL;
	return s;
}

static char *field(const char *key, const json_t *value)
{
	char name[64], *s = NULL;
	size_t i;
	int n;

	for (i = 0; key[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)toupper((unsigned char)key[i]);
	name[i] = 0;
	if (json_is_integer(value))
		n = asprintf(&s, "TIPRING_%s=%lld", name,
			     (long long)json_integer_value(value));
	else if (json_is_real(value))
		n = asprintf(&s, "TIPRING_%s=%.3f", name, json_real_value(value));
	else if (json_is_boolean(value))
		n = asprintf(&s, "TIPRING_%s=%d", name, json_is_true(value));
	else
		n = asprintf(&s, "TIPRING_%s=%s", name,
			     json_is_string(value) ? json_string_value(value) : "");
	return n < 0 ? NULL : s;
}

char **cdr_fields(const json_t *record)
{
	char **f = calloc(json_object_size(record) + 5, sizeof(*f));
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!f)
		return NULL;
	if (!(f[n++] = message(record)) ||
	    asprintf(&f[n++], "MESSAGE_ID=" CALL_ENDED_ID) < 0 ||
	    asprintf(&f[n++], "PRIORITY=6") < 0 ||
	    asprintf(&f[n++], "SYSLOG_IDENTIFIER=tipringd") < 0)
		goto failed;
	json_object_foreach((json_t *)record, key, value)
		if (!(f[n++] = field(key, value)))
			goto failed;
	return f;
failed:
	f[n - 1] = NULL;
	cdr_fields_free(f);
	return NULL;
}

void cdr_fields_free(char **f)
{
	for (size_t i = 0; f && f[i]; i++)
		free(f[i]);
	free(f);
}
