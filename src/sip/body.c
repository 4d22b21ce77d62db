/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/body.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEPTH 3		/* of multipart within multipart */
#define BOUNDARY 70	/* characters at most (RFC 2046 section 5.1.1) */

static bool is_type(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);

	type += strspn(type, " \t");
	return !strncasecmp(type, wanted, n) && strchr("; \t\r\n", type[n]);
}

/* "--" and the boundary; 0: none. */
static size_t delimiter(char out[BOUNDARY + 3], const char *type)
{
	const char *s = strcasestr(type, "boundary=");
	size_t n;

	if (!s)
		return 0;
	s += 9;
	if (*s == '"')
		n = strcspn(++s, "\"");
	else
		n = strcspn(s, "; \t\r\n");
	if (!n || n > BOUNDARY)
		return 0;
	return (size_t)snprintf(out, BOUNDARY + 3, "--%.*s", (int)n, s);
}

/* The delimiter at the beginning of a line; end: none. */
static const char *find(const char *at, const char *end, const char *wanted,
			size_t n, const char *start)
{
	while ((at = memmem(at, (size_t)(end - at), wanted, n))) {
		if (at == start || at[-1] == '\n')
			return at;
		at++;
	}
	return end;
}

/* The value of a part's header, cut at its line's end; "" none. */
static void header(char *out, size_t size, const char *at, const char *end,
		   const char *name)
{
	size_t n = strlen(name);

	out[0] = '\0';
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line ? line : end) - at);

		if (length > n && !strncasecmp(at, name, n) && at[n] == ':') {
			snprintf(out, size, "%.*s", (int)(length - n - 1), at + n + 1);
			out[strcspn(out, "\r")] = '\0';
			memmove(out, out + strspn(out, " \t"),
				strlen(out + strspn(out, " \t")) + 1);
			return;
		}
		at += length + 1;
	}
}

/* Where a part's own body begins: behind its first empty line. */
static const char *part_body(const char *at, const char *end)
{
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		if (!line)
			return end;
		if (line == at || (line == at + 1 && *at == '\r'))
			return line + 1;
		at = line + 1;
	}
	return end;
}

static int look(const struct body *, const char **sdp, unsigned depth);

/* -ENOENT: nothing of interest, and nothing wrong with that. */
static int part(const char *at, const char *end, const char **sdp, unsigned depth)
{
	const char *data = part_body(at, end);
	char type[256], encoding[32], disposition[96];
	struct body b = { type, encoding, data, (size_t)(end - data) };
	int n;

	/* The line's end before the delimiter is the delimiter's. */
	b.length -= b.length && data[b.length - 1] == '\n';
	b.length -= b.length && data[b.length - 1] == '\r';
	header(type, sizeof(type), at, data, "Content-Type");
	header(encoding, sizeof(encoding), at, data, "Content-Encoding");
	header(disposition, sizeof(disposition), at, data, "Content-Disposition");
	n = look(&b, sdp, depth);
	if (n >= 0)
		return n ? n : -ENOENT;
	/* Providers put what is theirs beside the description, and mean it for
	 * those who know it, whatever the default is (RFC 5621 section 8.3). */
	return strcasestr(disposition, "handling=required") ? n : -ENOENT;
}

static int parts(const struct body *b, const char **sdp, unsigned depth)
{
	const char *end = b->data + b->length, *at, *next;
	char wanted[BOUNDARY + 3];
	size_t n = delimiter(wanted, b->type);
	int found = -EMEDIUMTYPE;

	if (!n || depth >= DEPTH)
		return -EMEDIUMTYPE;
	at = find(b->data, end, wanted, n, b->data);
	for (; at < end; at = next) {
		const char *here = NULL;
		int got;

		at += n;
		if (end - at >= 2 && !memcmp(at, "--", 2))
			break;
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
		next = find(++at, end, wanted, n, b->data);
		got = part(at, next, &here, depth);
		if (got > 0 && found <= 0) {
			*sdp = here;
			found = got;
		} else if (got < 0 && got != -ENOENT) {
			return got;
		}
	}
	return found;
}

static int look(const struct body *b, const char **sdp, unsigned depth)
{
	if (b->encoding && b->encoding[0] && strcasecmp(b->encoding, "identity"))
		return -EMEDIUMTYPE;
	if (b->length > INT_MAX)
		return -EMEDIUMTYPE;
	if (is_type(b->type, "application/sdp")) {
		*sdp = b->data;
		return (int)b->length;
	}
	if (!strncasecmp(b->type + strspn(b->type, " \t"), "multipart/", 10))
		return parts(b, sdp, depth + 1);
	return -EMEDIUMTYPE;
}

int body_sdp(const struct body *b, const char **sdp)
{
	*sdp = NULL;
	return b->length ? look(b, sdp, 0) : 0;
}
