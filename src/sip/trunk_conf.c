/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A trunk's configuration of our own: it outlives the file it was read from. */
#include <stdlib.h>
#include <string.h>

#include "sip/internal.h"

/* The strings of a trunk, for those that copy, free or compare them. */
#define STRINGS 15
static const char **strings(struct config_trunk *c, const char **at[STRINGS])
{
	at[0] = &c->name;
	at[1] = &c->server;
	at[2] = &c->domain;
	at[3] = &c->proxy;
	at[4] = &c->user;
	at[5] = &c->auth_user;
	at[6] = &c->secret_file;
	at[7] = &c->place.file;
	at[8] = &c->public_address;
	at[9] = &c->realm;
	at[10] = &c->tls.ca_file;
	at[11] = &c->tls.certificate_file;
	at[12] = &c->tls.key_file;
	at[13] = &c->accept_user;
	at[14] = &c->accept_secret_file;
	return *at;
}

struct config_trunk *trunk_conf_copy(const struct config_trunk *from)
{
	struct config_trunk *c = calloc(1, sizeof(*c));
	const char **at[STRINGS];
	size_t count = from->accept_from_count;
	bool complete = true;

	if (!c)
		return NULL;
	*c = *from;
	strings(c, at);
	for (unsigned i = 0; i < STRINGS; i++) {
		*at[i] = strdup(*at[i] ? *at[i] : "");
		complete = complete && *at[i];
	}
	c->accept_from = calloc(count + 1, sizeof(*c->accept_from));
	if (!c->accept_from) {
		c->accept_from_count = 0;
		complete = false;
	}
	for (size_t i = 0; i < c->accept_from_count; i++) {
		c->accept_from[i] = strdup(from->accept_from[i]);
		complete = complete && c->accept_from[i];
	}
	if (complete)
		return c;
	trunk_conf_free(c);
	return NULL;
}

void trunk_conf_free(struct config_trunk *c)
{
	const char **at[STRINGS];

	if (!c)
		return;
	strings(c, at);
	for (unsigned i = 0; i < STRINGS; i++)
		free((char *)*at[i]);
	for (size_t i = 0; i < c->accept_from_count; i++)
		free((char *)c->accept_from[i]);
	free(c->accept_from);
	free(c);
}

bool trunk_conf_same_server(const struct config_trunk *a,
			    const struct config_trunk *b)
{
	return !strcmp(a->public_address, b->public_address) &&
	       !strcmp(a->server, b->server) && a->port == b->port &&
	       a->transport == b->transport && !strcmp(a->domain, b->domain) &&
	       !strcmp(a->proxy, b->proxy) && a->options_s == b->options_s &&
	       (a->called_uri == URI_SIPS) == (b->called_uri == URI_SIPS) &&
	       a->keepalive == b->keepalive && a->keepalive_s == b->keepalive_s &&
	       a->expires == b->expires && a->gin == b->gin;
}
