/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip_uas.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

int uas_init(struct uas *u)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	u->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0 || bind(u->fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(u->fd, (struct sockaddr *)&at, &size))
		return -1;
	u->port = ntohs(at.sin_port);
	return 0;
}

/* The lines of a header, all of them when there are several, as they came. */
static size_t copy_headers(const char *message, const char *name,
			   const char *compact, char *to, size_t room)
{
	const char *line = strstr(message, "\r\n");
	size_t used = 0;

	while (line && line[2] != '\r') {
		const char *start = line + 2, *colon = strchr(start, ':');
		size_t key = colon ? (size_t)(colon - start) : 0;

		line = strstr(start, "\r\n");
		if (!line || !key)
			break;
		if ((key == strlen(name) && !strncasecmp(start, name, key)) ||
		    (key == strlen(compact) &&
		     !strncasecmp(start, compact, key))) {
			size_t n = (size_t)(line - start) + 2;

			if (used + n >= room)
				break;
			memcpy(to + used, start, n);
			used += n;
		}
	}
	to[used] = 0;
	return used;
}

static void call_id(const char *message, char *id, size_t room)
{
	char line[256], *value;

	*id = 0;
	if (!copy_headers(message, "Call-ID", "i", line, sizeof line))
		return;
	value = strchr(line, ':') + 1;
	while (*value == ' ')
		value++;
	value[strcspn(value, "\r\n")] = 0;
	snprintf(id, room, "%s", value);
}

static struct uas_call *find(struct uas *u, const char *id)
{
	for (unsigned i = 0; i < u->calls; i++)
		if (!strcmp(u->call[i].id, id))
			return u->call + i;
	return NULL;
}

/* What a BYE of ours needs: the dialog seen from this side. */
static void remember(struct uas_call *c, const char *message)
{
	char from[256], to[256], contact[256], *uri;

	copy_headers(message, "From", "f", from, sizeof from);
	copy_headers(message, "To", "t", to, sizeof to);
	copy_headers(message, "Contact", "m", contact, sizeof contact);
	to[strcspn(to, "\r\n")] = 0;
	if (!*from || !*to)
		return;
	snprintf(c->headers, sizeof c->headers, "From%s;tag=bench\r\nTo%s"
		 "Call-ID: %s\r\n", strchr(to, ':'), strchr(from, ':'), c->id);
	uri = strstr(contact, "sip:");
	if (uri)
		snprintf(c->target, sizeof c->target, "%.*s",
			 (int)strcspn(uri, ">;\r\n"), uri);
}

static struct uas_call *begin(struct uas *u, const char *message, const char *id)
{
	struct uas_call *c = u->call + u->calls;
	const char *address = strstr(message, "\nc=IN IP4 ");
	const char *port = strstr(message, "\nm=audio ");
	char from[256], *user;

	if (u->calls == UAS_CALLS || !address || !port)
		return NULL;
	memset(c, 0, sizeof *c);
	snprintf(c->id, sizeof c->id, "%s", id);
	copy_headers(message, "From", "f", from, sizeof from);
	user = strstr(from, "sip:");
	if (user)
		snprintf(c->calling, sizeof c->calling, "%.*s",
			 (int)strcspn(user + 4, "@>;\r\n"), user + 4);
	c->remote.sin_family = AF_INET;
	c->remote.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->remote.sin_port = htons((uint16_t)atoi(port + 9));
	remember(c, message);
	c->rtp_port = u->open(u->arg, u, u->calls);
	u->calls++;
	return c;
}

static void answer(struct uas *u, const char *message, const char *body,
		   const struct sockaddr_in *to)
{
	char headers[4096], tagged[512], reply[8192];
	size_t n = 0;

	n += copy_headers(message, "Via", "v", headers, sizeof headers);
	n += copy_headers(message, "Record-Route", "", headers + n,
			  sizeof headers - n);
	n += copy_headers(message, "From", "f", headers + n, sizeof headers - n);
	n += copy_headers(message, "Call-ID", "i", headers + n,
			  sizeof headers - n);
	copy_headers(message, "CSeq", "", headers + n, sizeof headers - n);
	copy_headers(message, "To", "t", tagged, sizeof tagged);
	tagged[strcspn(tagged, "\r\n")] = 0;
	snprintf(reply, sizeof reply, "SIP/2.0 200 OK\r\n%s%s%s\r\n"
		 "Contact: <sip:bench@127.0.0.1:%u>\r\n%s"
		 "Content-Length: %zu\r\n\r\n%s", headers, tagged,
		 strstr(tagged, ";tag=") ? "" : ";tag=bench", u->port,
		 *body ? "Content-Type: application/sdp\r\n" : "",
		 strlen(body), body);
	sendto(u->fd, reply, strlen(reply), 0, (const struct sockaddr *)to,
	       sizeof *to);
}

static void serve(struct uas *u, const char *message,
		  const struct sockaddr_in *from)
{
	char id[128], body[512] = "";
	struct uas_call *c;

	call_id(message, id, sizeof id);
	c = find(u, id);
	if (!strncmp(message, "ACK ", 4)) {
		if (c)
			c->acknowledged = true;
		return;
	}
	if (!strncmp(message, "SIP/2.0", 7)) {
		if (c && !strncmp(message, "SIP/2.0 200", 11))
			c->ended = true;
		return;
	}
	if (!strncmp(message, "BYE ", 4) && c)
		c->ended = true;
	if (!strncmp(message, "INVITE ", 7)) {
		if (!c)
			c = begin(u, message, id);
		if (!c)
			return;
		c->from = *from;
		snprintf(body, sizeof body, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"
			 "s=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
			 "m=audio %u RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
			 "a=ptime:20\r\n", c->rtp_port);
	}
	answer(u, message, body, from);
}

void uas_bye(struct uas *u, struct uas_call *c)
{
	char text[1536];

	snprintf(text, sizeof text, "BYE %s SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%s\r\n"
		 "Max-Forwards: 70\r\n%sCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
		 c->target, u->port, c->id, c->headers);
	sendto(u->fd, text, strlen(text), 0, (const struct sockaddr *)&c->from,
	       sizeof c->from);
}

void uas_serve(struct uas *u)
{
	char message[16384];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t n;

	while ((n = recvfrom(u->fd, message, sizeof message - 1, 0,
			     (struct sockaddr *)&from, &size)) > 0) {
		message[n] = 0;
		serve(u, message, &from);
		size = sizeof from;
	}
}
