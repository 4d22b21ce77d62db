/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* An account: made of a trunk's or a line's configuration. registration.c keeps
 * it registered. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/digest.h"
#include "sip/internal.h"

static char *copy(const char *text, bool *ok)
{
	char *s = strdup(text ? text : "");

	*ok = *ok && s;
	return s;
}

static int read_secret(struct account *a, const char *file, char *why, size_t size)
{
	if (!file || !file[0])
		return 0;
	a->secret = secret_read(file, why, size);
	return a->secret ? 0 : -EINVAL;
}

struct account *account_new(struct provider *p, const struct config_line *l,
			    char *why, size_t size)
{
	struct account *a = calloc(1, sizeof(*a));
	const struct config_trunk *c = p->conf;
	const char *auth = l ? l->auth_user : c->auth_user;
	bool ok = true;
	char name[128];

	snprintf(why, size, "out of memory");
	if (!a)
		return NULL;
	a->provider = p;
	list_init(&a->node);
	a->registers = l ? l->registers : c->registers;
	a->gin = !l && c->gin;
	a->ask_s = c->expires ? c->expires : 3600;
	snprintf(name, sizeof(name), l ? "trunk %s, line %s" : "trunk %s", c->name,
		 l ? l->name : "");
	a->name = copy(name, &ok);
	a->line = l ? copy(l->name, &ok) : NULL;
	a->number = l ? copy(l->number, &ok) : NULL;
	a->user = copy(l ? l->user : c->user, &ok);
	a->auth_user = copy(auth && auth[0] ? auth : a->user, &ok);
	snprintf(a->call_id, sizeof(a->call_id), "%08x%08x%08x%08x", arc4random(),
		 arc4random(), arc4random(), arc4random());
	snprintf(a->tag, sizeof(a->tag), "%08x", arc4random());
	account_init(a);
	if (ok && !read_secret(a, l ? l->secret_file : c->secret_file, why, size))
		return a;
	account_free(a);
	return NULL;
}

void account_free(struct account *a)
{
	if (!a)
		return;
	account_fini(a);
	list_remove(&a->node);
	secret_free(a->secret);
	free(a->name);
	free(a->line);
	free(a->number);
	free(a->user);
	free(a->auth_user);
	free(a->service_route);
	free(a->contact);
	free(a->bound);
	free(a);
}
