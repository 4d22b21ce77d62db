/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What an operator sees of a trunk. */
#include <stdio.h>

#include "sip/subscription.h"

static const char *tls_error(const struct provider *p)
{
	for (unsigned i = 0; i < p->targets; i++)
		if (p->target[i]->tls_error[0])
			return p->target[i]->tls_error;
	return "";
}

void agent_trunk_status(const struct trunk *t, struct trunk_status *s)
{
	const struct provider *p = (const struct provider *)t;
	const struct account *a = p->account;
	const struct lookup *l = p->proxy ? p->proxy : p->server;
	const struct target *target = provider_target(p);
	const struct list_head *n;
	char text[ADDRESS_TEXT];

	*s = (struct trunk_status){
		.name = t->name,
		.registration = a->registers ? account_state(a) : "",
		.target = !p->conf->options_s ? "" : target ?
			fsm_state_name(&target->fsm) : "off",
		.server = p->conf->server,
		.last_error = a->error[0] ? a->error :
			target && target->error[0] ? target->error :
			lookup_error(l),
		.up = t->up,
		.next_s = account_next(a),
		.expires_s = account_registered(a) ? (int)a->granted_s : 0,
		.calls = p->legs, .calls_in = p->calls_in,
		.calls_out = p->calls_out, .failed = p->failed,
	};
	if (target) {
		address_text(text, (const struct sockaddr *)&target->at);
		snprintf(s->address, sizeof(s->address), "%s %s",
			 transport_name(p->conf->transport), text);
	}
	if (!s->last_error[0])
		s->last_error = tls_error(p);
	list_for_each(n, &p->accounts) {
		const struct account *line = list_entry(n, struct account, node);

		s->line_accounts++;
		s->registered_lines += account_registered(line);
	}
}

static void show_address(char *out, size_t size, const struct provider *p,
			 const struct sockaddr_storage *at)
{
	char text[ADDRESS_TEXT];

	address_text(text, (const struct sockaddr *)at);
	snprintf(out, size, "%s %s", transport_name(p->conf->transport), text);
}

static int until(const struct fsm *f)
{
	uint64_t now = f->timers->now_ms;

	if (!timer_runs(&f->timer))
		return -1;
	return f->timer.due > now ? (int)((f->timer.due - now + 999) / 1000) : 0;
}

void agent_trunk_parts(const struct trunk *t,
		       void (*fn)(void *, const struct trunk_part *), void *arg)
{
	const struct provider *p = (const struct provider *)t;
	const struct list_head *n;

	for (unsigned i = 0; i < p->targets; i++) {
		const struct target *target = p->target[i];
		struct trunk_part part = {
			.state = p->conf->options_s ?
					 fsm_state_name(&target->fsm) : "",
			.error = target->error, .next_s = until(&target->fsm),
		};

		show_address(part.address, sizeof(part.address), p, &target->at);
		fn(arg, &part);
	}
	list_for_each(n, &p->accounts) {
		const struct account *a = list_entry(n, struct account, node);
		struct trunk_part part = {
			.line = a->line, .state = a->registers ? account_state(a) : "",
			.error = a->error, .next_s = until(&a->fsm),
		};

		if (a->target.ss_family)
			show_address(part.address, sizeof(part.address), p,
				     &a->target);
		fn(arg, &part);
	}
	list_for_each(n, &p->subscriptions) {
		const struct subscription *m = list_entry(n, struct subscription, node);
		struct trunk_part part = {
			.mailbox = m->mailbox, .state = fsm_state_name(&m->fsm),
			.error = m->error, .next_s = until(&m->fsm),
		};

		if (m->target.ss_family)
			show_address(part.address, sizeof(part.address), p,
				     &m->target);
		fn(arg, &part);
	}
}
