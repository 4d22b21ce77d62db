/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Reads a session description, line by line. A line that matters and cannot be
 * read is an error; one that is unknown is passed over.
 */
#include "sip/offer.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_SIZE 512	/* longer ones are cut: nothing of ours is that long */
#define PAYLOADS 128

/* What c= and the attributes said, for the session or for one m= line. */
struct scope {
	bool has_address, null_address, foreign_address;
	struct sockaddr_storage address;
	unsigned direction;
	bool has_direction;
	uint16_t ptime, maxptime;
};

struct parser {
	struct offer *o;
	struct scope session, line;
	int current;		/* m= line, -1: in the session's part */
	enum { FORMAT_UNSAID, FORMAT_PCMU, FORMAT_PCMA, FORMAT_EVENT,
	       FORMAT_OTHER } format[PAYLOADS];	/* of the current line */
	struct offer_crypto crypto[OFFER_CRYPTOS];	/* of it, too */
	unsigned crypto_count;
	bool dtls, session_dtls;	/* a=fingerprint, of it and for all */
	enum srtp_mode srtp;
	unsigned rank;		/* of the line that is taken, 0: none */
	char *why;
	size_t why_size;
};

static int refuse(struct parser *p, const char *why)
{
	snprintf(p->why, p->why_size, "%s", why);
	return -EINVAL;
}

static bool is_multicast(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *in = (const void *)a;
	const struct sockaddr_in6 *in6 = (const void *)a;

	if (a->ss_family == AF_INET)
		return IN_MULTICAST(ntohl(in->sin_addr.s_addr)) ||
		       in->sin_addr.s_addr == INADDR_BROADCAST;
	return IN6_IS_ADDR_MULTICAST(&in6->sin6_addr);
}

static bool is_null(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *in = (const void *)a;
	const struct sockaddr_in6 *in6 = (const void *)a;

	if (a->ss_family == AF_INET)
		return in->sin_addr.s_addr == INADDR_ANY;
	return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

/* c=IN IP4 192.0.2.1[/ttl]. A host name is kept as "no address": it is not
 * worth a look-up, packets from there tell. */
static int read_connection(struct parser *p, struct scope *s, const char *value)
{
	char net[8], type[8], host[64];
	struct sockaddr_in *in = (void *)&s->address;
	struct sockaddr_in6 *in6 = (void *)&s->address;

	if (sscanf(value, "%7s %7s %63s", net, type, host) != 3 ||
	    strcasecmp(net, "IN"))
		return refuse(p, "c= line is not \"IN IP4 address\"");
	host[strcspn(host, "/")] = '\0';
	*s = (struct scope){ .direction = s->direction,
			     .has_direction = s->has_direction,
			     .ptime = s->ptime, .maxptime = s->maxptime,
			     .has_address = true };
	if (!strcasecmp(type, "IP4") && inet_pton(AF_INET, host, &in->sin_addr) == 1)
		s->address.ss_family = AF_INET;
	else if (!strcasecmp(type, "IP6") &&
		 inet_pton(AF_INET6, host, &in6->sin6_addr) == 1)
		s->address.ss_family = AF_INET6;
	else if (strcasecmp(type, "IP4") && strcasecmp(type, "IP6"))
		return refuse(p, "c= line is neither IP4 nor IP6");
	else
		return 0;
	if (is_multicast(&s->address))
		return refuse(p, "c= line has a multicast address");
	s->null_address = is_null(&s->address);
	if (s->null_address)
		s->address = (struct sockaddr_storage){ 0 };
	return 0;
}

static unsigned number(const char *text, unsigned most)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return most + 1;
	n = strtoul(text, &end, 10);
	return n > most ? most + 1 : (unsigned)n;
}

static void read_rtpmap(struct parser *p, const char *value)
{
	static const struct { const char *name; int format; } known[] = {
		{ "PCMU/8000", FORMAT_PCMU },
		{ "PCMA/8000", FORMAT_PCMA },
		{ "telephone-event/8000", FORMAT_EVENT },
	};
	unsigned payload = number(value, PAYLOADS - 1);
	const char *name = strchr(value, ' ');

	if (payload >= PAYLOADS || !name || p->current < 0)
		return;
	name += strspn(name, " \t");
	p->format[payload] = FORMAT_OTHER;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].name);
		const char *rest = name + n;

		/* One channel may be said. */
		if (!strncasecmp(name, known[i].name, n) &&
		    (!*rest || isspace((unsigned char)*rest) ||
		     !strncmp(rest, "/1", 2)))
			p->format[payload] = known[i].format;
	}
}

/* Those that are not ours are as good as not there. */
static void read_crypto(struct parser *p, const char *value)
{
	if (p->current >= 0 && p->crypto_count < OFFER_CRYPTOS &&
	    !crypto_parse(&p->crypto[p->crypto_count], value))
		p->crypto_count++;
}

static void read_attribute(struct parser *p, struct scope *s, const char *value)
{
	static const char *const directions[] = { "inactive", "sendonly",
						  "recvonly", "sendrecv" };
	unsigned ms;

	for (unsigned i = 0; i < 4; i++)
		if (!strcasecmp(value, directions[i])) {
			s->direction = i;
			s->has_direction = true;
			return;
		}
	if (!strncasecmp(value, "rtpmap:", 7)) {
		read_rtpmap(p, value + 7);
	} else if (!strncasecmp(value, "ptime:", 6)) {
		ms = number(value + 6, 1000);
		s->ptime = ms <= 1000 ? (uint16_t)ms : 0;
	} else if (!strncasecmp(value, "maxptime:", 9)) {
		ms = number(value + 9, 1000);
		s->maxptime = ms <= 1000 ? (uint16_t)ms : 0;
	} else if (!strncasecmp(value, "crypto:", 7)) {
		read_crypto(p, value + 7);
	} else if (!strncasecmp(value, "fingerprint:", 12)) {
		*(p->current < 0 ? &p->session_dtls : &p->dtls) = true;
	}
}

static int format_of(const struct parser *p, unsigned payload)
{
	int format = p->format[payload];

	if (format == FORMAT_UNSAID && payload == 0)
		return FORMAT_PCMU;
	if (format == FORMAT_UNSAID && payload == 8)
		return FORMAT_PCMA;
	return format;
}

static bool has_codec(const struct parser *p, const struct offer_line *l)
{
	char formats[OFFER_FORMATS], *save = NULL;

	memcpy(formats, l->formats, sizeof(formats));
	for (char *f = strtok_r(formats, " ", &save); f;
	     f = strtok_r(NULL, " ", &save)) {
		unsigned payload = number(f, PAYLOADS - 1);
		int format = payload < PAYLOADS ? format_of(p, payload) :
						  FORMAT_OTHER;

		if (format == FORMAT_PCMU || format == FORMAT_PCMA)
			return true;
	}
	return false;
}

/* Fills the offer's audio from the current line's formats; false, and nothing
 * is filled, when there is no codec of ours among them. */
static bool read_formats(struct parser *p, const struct offer_line *l)
{
	struct offer *o = p->o;
	char formats[OFFER_FORMATS], *save = NULL;

	if (!has_codec(p, l))
		return false;
	o->event_payload = 0;
	o->codec_count = 0;
	memcpy(formats, l->formats, sizeof(formats));
	for (char *f = strtok_r(formats, " ", &save); f;
	     f = strtok_r(NULL, " ", &save)) {
		unsigned payload = number(f, PAYLOADS - 1);
		int format;

		if (payload >= PAYLOADS)
			continue;
		format = format_of(p, payload);
		if (format == FORMAT_EVENT && payload && !o->event_payload)
			o->event_payload = (uint8_t)payload;
		if ((format != FORMAT_PCMU && format != FORMAT_PCMA) ||
		    o->codec_count == sizeof(o->codec) / sizeof(o->codec[0]))
			continue;
		o->codec[o->codec_count].codec =
			format == FORMAT_PCMU ? CODEC_PCMU : CODEC_PCMA;
		o->codec[o->codec_count++].payload = (uint8_t)payload;
	}
	return o->codec_count;
}

bool offer_profile(const char *proto, bool *savp, bool *feedback)
{
	static const char *const names[] = { "RTP/AVP", "RTP/AVPF", "RTP/SAVP",
					     "RTP/SAVPF" };

	for (unsigned i = 0; i < 4; i++)
		if (!strcasecmp(proto, names[i])) {
			*savp = i & 2;
			*feedback = i & 1;
			return true;
		}
	return false;
}

/* 0: no audio of ours; above 1: its protection will do; the greater, the better
 * it fits. */
static unsigned rank(const struct parser *p, const struct offer_line *l)
{
	bool keys = p->crypto_count, savp, feedback;

	if (strcasecmp(l->media, "audio") || !l->port ||
	    !offer_profile(l->proto, &savp, &feedback))
		return 0;
	if (p->srtp == SRTP_OFF)
		return savp ? 1 : 3;
	if (keys)
		return 3;
	return savp || p->srtp == SRTP_REQUIRED ? 1 : 2;
}

/* The end of an m= section: takes it when it is the first usable audio, or fits
 * better than that. */
static int end_line(struct parser *p)
{
	struct offer *o = p->o;
	const struct offer_line *l;
	const struct scope *s = &p->line;
	const struct scope *address;
	unsigned fits;

	if (p->current < 0)
		return 0;
	l = &o->line[p->current];
	fits = rank(p, l);
	if (fits <= p->rank || !read_formats(p, l))
		return 0;
	p->rank = fits;
	offer_profile(l->proto, &o->savp, &o->feedback);
	o->dtls = p->dtls || p->session_dtls;
	memcpy(o->crypto, p->crypto, sizeof(o->crypto));
	o->crypto_count = p->crypto_count;
	address = s->has_address ? s : &p->session;
	if (!address->has_address)
		return refuse(p, "no c= line");
	o->audio = p->current;
	o->remote = address->address;
	o->null_address = address->null_address;
	if (o->remote.ss_family == AF_INET)
		((struct sockaddr_in *)&o->remote)->sin_port = htons(l->port);
	if (o->remote.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&o->remote)->sin6_port = htons(l->port);
	o->direction = s->has_direction ? s->direction : p->session.direction;
	o->ptime = s->ptime ? s->ptime : p->session.ptime;
	o->maxptime = s->maxptime ? s->maxptime : p->session.maxptime;
	return 0;
}

/* Only what may stand in an answer again is kept. */
static bool is_token(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("/-._+ ", *s))
			return false;
	return true;
}

static int read_media(struct parser *p, const char *value)
{
	struct offer_line *l;
	char port[16];
	unsigned n;
	int at = 0, err = end_line(p);

	if (err)
		return err;
	if (p->o->count == OFFER_LINES)
		return refuse(p, "too many m= lines");
	l = &p->o->line[p->o->count];
	if (sscanf(value, "%15s %15s %23s %n", l->media, port, l->proto, &at) < 3 ||
	    !at)
		return refuse(p, "m= line is not \"media port proto formats\"");
	n = number(port, 65535);
	if (n > 65535)
		return refuse(p, "m= line has no port number");
	l->port = (uint16_t)n;
	if (strlen(value + at) >= sizeof(l->formats))
		return refuse(p, "m= line is too long");
	strcpy(l->formats, value + at);
	for (n = (unsigned)strlen(l->formats); n && l->formats[n - 1] == ' ';)
		l->formats[--n] = '\0';
	if (!n || !is_token(l->media) || !is_token(l->proto) ||
	    !is_token(l->formats))
		return refuse(p, "m= line is not \"media port proto formats\"");
	p->current = (int)p->o->count++;
	p->line = (struct scope){ 0 };
	memset(p->format, 0, sizeof(p->format));
	p->crypto_count = 0;
	p->dtls = false;
	return 0;
}

static int read_line(struct parser *p, const char *line)
{
	struct scope *s = p->current < 0 ? &p->session : &p->line;

	switch (line[0]) {
	case 'm':
		return read_media(p, line + 2);
	case 'c':
		return read_connection(p, s, line + 2);
	case 'a':
		read_attribute(p, s, line + 2);
		return 0;
	}
	return 0;
}

int offer_parse(struct offer *o, const char *text, size_t length,
		enum srtp_mode srtp, char *why, size_t size)
{
	struct parser p = { .o = o, .current = -1, .why = why, .why_size = size,
			    .srtp = srtp };
	bool first = true;
	int err;

	memset(o, 0, sizeof(*o));
	o->audio = -1;
	p.session.direction = OFFER_SEND | OFFER_RECEIVE;
	while (length) {
		const char *end = memchr(text, '\n', length);
		size_t n = end ? (size_t)(end - text) : length;
		size_t keep = n < LINE_SIZE - 1 ? n : LINE_SIZE - 1;
		char line[LINE_SIZE];

		memcpy(line, text, keep);
		line[keep] = '\0';
		while (keep && isspace((unsigned char)line[keep - 1]))
			line[--keep] = '\0';
		text += n + !!end;
		length -= n + !!end;
		if (!keep)
			continue;
		if (first && strcmp(line, "v=0"))
			return refuse(&p, "it does not begin with v=0");
		first = false;
		if (!islower((unsigned char)line[0]) || line[1] != '=')
			return refuse(&p, "a line is not \"letter=value\"");
		err = read_line(&p, line);
		if (err)
			return err;
	}
	if (first)
		return refuse(&p, "it is empty");
	return end_line(&p);
}
