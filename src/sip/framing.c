/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/framing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Content-Length, or l (RFC 3261 section 7.3.3). */
static void read_line(struct framing *f)
{
	const char *colon = strchr(f->line, ':');
	size_t n = colon ? (size_t)(colon - f->line) : 0;

	while (n && (f->line[n - 1] == ' ' || f->line[n - 1] == '\t'))
		n--;
	if ((n == 14 && !strncasecmp(f->line, "content-length", n)) ||
	    (n == 1 && (f->line[0] == 'l' || f->line[0] == 'L')))
		f->body = strtoul(colon + 1, NULL, 10);
}

static void in_head(struct framing *f, char c)
{
	if (c != '\n') {
		if (c != '\r' && f->used < sizeof(f->line) - 1)
			f->line[f->used++] = c;
		return;
	}
	f->line[f->used] = '\0';
	if (f->used)
		read_line(f);
	else
		f->state = f->body ? FRAMING_BODY : FRAMING_BETWEEN;
	f->used = 0;
}

void framing_feed(struct framing *f, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (f->state == FRAMING_BODY) {
			size_t n = size - i < f->body ? size - i : f->body;

			f->body -= n;
			i += n - 1;
			if (!f->body)
				f->state = FRAMING_BETWEEN;
			continue;
		}
		if (f->state == FRAMING_BETWEEN) {
			if (data[i] == '\r' || data[i] == '\n')
				continue;
			f->state = FRAMING_HEAD;
			f->body = f->used = 0;
		}
		in_head(f, data[i]);
	}
}

bool framing_idle(const struct framing *f, const char *data, size_t size)
{
	if (f->state != FRAMING_BETWEEN)
		return false;
	for (size_t i = 0; i < size; i++)
		if (data[i] != '\r' && data[i] != '\n')
			return false;
	return true;
}
