/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/listen.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/tport_tag.h>

#include "sip/internal.h"

/* For connections of ours alone. */
#define URL_TLS_OUT "sips:*:*"

/* The user agent keeps its transaction layer to itself and lets two addresses be
 * listened for. So it is noted when it is made. */
static nta_agent_t *made;

nta_agent_t *nta_agent_create(su_root_t *root, url_string_t const *name,
			      nta_message_f *callback, nta_agent_magic_t *magic,
			      tag_type_t tag, tag_value_t value, ...)
{
	static __typeof__(&nta_agent_create) next;
	ta_list ta;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "nta_agent_create");
	made = NULL;
	if (!next)
		return NULL;
	ta_start(ta, tag, value);
	made = next(root, name, callback, magic, ta_tags(ta));
	(void)ta_end(ta);
	return made;
}

/* Opens and closes the address: the library does not say why it could not. */
static int can_listen(const struct config_listen *l, char *why, size_t size)
{
	const struct sockaddr *a = (const void *)&l->address;
	int type = l->transport == TRANSPORT_UDP ? SOCK_DGRAM : SOCK_STREAM;
	int fd, on = 1, err = 0;
	char text[ADDRESS_TEXT];

	address_text(text, a);
	fd = socket(a->sa_family, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, a, address_size(a)) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		snprintf(why, size, "cannot listen on %s %s: %s%s",
			 transport_name(l->transport), text, strerror(-err),
			 err == -EADDRINUSE ?
				 "; another SIP program uses this port" : "");
	return err;
}

static void url_of(const struct config_listen *l, char url[TARGET_URL])
{
	char text[ADDRESS_TEXT];

	address_text(text, (const void *)&l->address);
	if (l->transport == TRANSPORT_TLS)
		snprintf(url, TARGET_URL, "sips:%s", text);
	else
		snprintf(url, TARGET_URL, "sip:%s;transport=%s", text,
			 transport_name(l->transport));
}

/* A trunk needs TLS, and nobody listens for it. */
static bool connects_only(const struct config *c)
{
	for (size_t i = 0; i < c->sip.listen_count; i++)
		if (c->sip.listen[i].transport == TRANSPORT_TLS)
			return false;
	return true;
}

/* The library sends by its first transport of the right family what names none;
 * RFC 3263 section 4.1 says UDP, so that UDP stands before the rest. */
static const struct config_listen *in_turn(const struct config *c, size_t n)
{
	for (int udp = 1; udp >= 0; udp--)
		for (size_t i = 0; i < c->sip.listen_count; i++)
			if ((c->sip.listen[i].transport == TRANSPORT_UDP) == udp &&
			    !n--)
				return &c->sip.listen[i];
	return NULL;
}

int listen_first(const struct config *c, char *url, bool *listens, char *why,
		 size_t size)
{
	int err;

	for (size_t i = 0; i < c->sip.listen_count; i++) {
		err = can_listen(&c->sip.listen[i], why, size);
		if (err)
			return err;
	}
	*listens = c->sip.listen_count;
	if (*listens)
		url_of(in_turn(c, 0), url);
	else
		snprintf(url, TARGET_URL, URL_TLS_OUT);
	return 0;
}

/* With each socket the library writes its Via headers anew and frees the old ones,
 * which requests under way still read when they are cancelled. They stay: some
 * hundred bytes for each address that ever came. */
static bool adding;

void msg_header_free(su_home_t *home, msg_header_t *h)
{
	static __typeof__(&msg_header_free) next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "msg_header_free");
	if (!adding && next)
		next(home, h);
}

static int add(const struct config *c, const char *url, bool serves, char *why,
	       size_t size)
{
	int err;

	adding = true;
	err = nta_agent_add_tport(made, (url_string_t *)url,
				  TAG_IF(!serves, TPTAG_SERVER(0)),
				  TPTAG_CERTIFICATE(LISTEN_NO_FILES),
				  TPTAG_TIMEOUT(LISTEN_TIMEOUT_MS), LISTEN_IDLE(c),
				  TPTAG_PONG2PING(1), TAG_END());
	adding = false;
	if (err >= 0)
		return 0;
	if (serves)
		snprintf(why, size, "the SIP library cannot listen on %s", url);
	else
		snprintf(why, size, "the SIP library cannot make TLS connections");
	return serves ? -EADDRNOTAVAIL : -EPROTONOSUPPORT;
}

static int add_from(const struct config *c, size_t i, char *why, size_t size)
{
	char url[TARGET_URL];
	int err = 0;

	for (; i < c->sip.listen_count && !err; i++) {
		url_of(in_turn(c, i), url);
		err = add(c, url, true, why, size);
	}
	/* Always: a reload may bring a trunk that needs it. */
	if (!err && connects_only(c))
		err = add(c, URL_TLS_OUT, false, why, size);
	return err;
}

int listen_rest(const struct config *c, char *why, size_t size)
{
	if (!made) {
		snprintf(why, size, "the SIP library's transports cannot be "
			 "reached; link the program with "
			 "--export-dynamic-symbol=nta_agent_create");
		return -ENOSYS;
	}
	return c->sip.listen_count ? add_from(c, 1, why, size) : 0;
}

/* ------------------------------------------------------------ other addresses */

bool listen_any(const struct config *c, int family)
{
	for (size_t i = 0; i < c->sip.listen_count; i++) {
		const struct sockaddr *a = (const void *)&c->sip.listen[i].address;

		if (a->sa_family == family && address_is_any(a))
			return true;
	}
	return connects_only(c);
}

int listen_also(const struct config *c, const struct sockaddr *own, char *why,
		size_t size)
{
	char url[TARGET_URL], host[ADDRESS_TEXT];
	int err = 0;

	if (connects_only(c)) {
		address_host(host, own, true);
		snprintf(url, sizeof(url), "sips:%s:*", host);
		err = add(c, url, false, why, size);
	}
	for (size_t i = 0; i < c->sip.listen_count && !err; i++) {
		struct config_listen l = c->sip.listen[i];
		const struct sockaddr *a = (const void *)&l.address;
		uint16_t port = address_port(a);

		if (a->sa_family != own->sa_family || !address_is_any(a))
			continue;
		memcpy(&l.address, own, address_size(own));
		address_set_port(&l.address, port);
		url_of(&l, url);
		err = add(c, url, true, why, size);
	}
	return err;
}
