/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Trunks, SIP and RTP at our side. */
#include <string.h>

#include "config/check.h"
#include "config/value.h"

static void check_rate(struct loader *l, const config_setting_t *s,
		       const struct config_trunk *t)
{
	unsigned needs = config_trunk_kbit(t, false);

	if (t->max_kbit && t->max_kbit < needs)
		report_at(l, check_place(s, "max_kbit"),
			  "max_kbit is %u, but one call needs %u; allow that for each call",
			  t->max_kbit, needs);
}

static void check_keepalive(struct loader *l, const config_setting_t *s,
			    const struct config_trunk *t)
{
	if (t->keepalive == KEEPALIVE_STUN && t->transport != TRANSPORT_UDP)
		report_at(l, check_place(s, "keepalive"),
			  "keepalive \"stun\" goes over udp alone; write \"crlf\"");
	if (t->keepalive == KEEPALIVE_OFF && check_given(s, "keepalive_interval"))
		report_at(l, check_place(s, "keepalive_interval"),
			  "keepalive_interval needs a keepalive; add keepalive = \"crlf\"");
}

/* One that no telephone would show is a mistake. */
static void check_voicemail(struct loader *l, const config_setting_t *s,
			    const struct config_trunk *t)
{
	for (size_t i = 0; i < l->conf->line_count; i++) {
		const struct config_line *line = &l->conf->lines[i];

		if (line->kind != PORT_FXO && !strcmp(line->trunk, t->name))
			return;
		if (line->kind != PORT_FXO && !*line->trunk && *line->mailbox)
			return;
	}
	if (t->voicemail == VOICEMAIL_SUBSCRIBE && !setting_faulty(s))
		report_at(l, check_place(s, "voicemail"),
			  "voicemail = \"subscribe\" has no use: no fxs line has trunk = \"%s\"; add that to one, or leave it out",
			  t->name);
}

static void check_trunk(struct loader *l, const config_setting_t *s,
			const struct config_trunk *t)
{
	check_account(l, s, &(struct account_given){
		t->user, t->auth_user, "", t->secret_file, t->registers,
		t->allow_weak_secret });
	check_accept(l, s, t);
	check_tls(l, s, &t->tls, "tls_");

	check_limit(l, s, &t->limit, l->conf->span_count ? 0 : l->conf->line_count,
		    "the box has");
	if (t->gin && !t->registers && !setting_faulty(s))
		report_at(l, check_place(s, "gin"),
			  "gin is a kind of registration; add register = true");
	check_rate(l, s, t);
	check_voicemail(l, s, t);
	if (t->called_uri == URI_SIPS && t->transport != TRANSPORT_TLS)
		report_at(l, check_place(s, "called_uri"),
			  "called_uri \"sips\" goes over TLS alone; add transport = \"tls\"");
	check_keepalive(l, s, t);
	if (t->ptime % 10)
		report_at(l, check_place(s, "ptime"),
			  "ptime is %u ms; it must be a multiple of 10, like %u",
			  t->ptime, t->ptime / 10 * 10);
	if (t->over_limit == OVER_LIMIT_486 && check_given(s, "retry_after"))
		report_at(l, check_place(s, "retry_after"),
			  "retry_after goes with 503; with over_limit 486 leave it out");
	if (t->session_s && t->session_s < t->session_least_s)
		report_at(l, check_place(s, "session_timer"),
			  "session_timer of %u s is less than session_timer_min of %u s; raise it, or write 0",
			  t->session_s, t->session_least_s);
}

static void check_trunk_group(struct loader *l, const config_setting_t *s,
			      const struct config_trunk_group *g)
{
	const config_setting_t *trunks = check_place(s, "trunks");
	unsigned total = 0;

	if (trunks == s || setting_faulty(s))
		return;
	for (size_t i = 0; i < g->trunk_count; i++) {
		const config_setting_t *at = value_element(trunks, i);

		check_trunk_name(l, at, g->trunks[i]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(g->trunks[k], g->trunks[i]))
				report_at(l, at, "trunk %s stands in this trunk group twice; keep one",
					  g->trunks[i]);
	}
	for (size_t i = 0; i < g->weight_count; i++)
		total += g->weights[i];
	if (!g->weight_count)
		return;
	if (g->weight_count != g->trunk_count)
		report_at(l, check_place(s, "weights"),
			  "weights holds %zu number%s for %zu trunks; give each trunk one",
			  g->weight_count, g->weight_count == 1 ? "" : "s",
			  g->trunk_count);
	else if (!total)
		report_at(l, check_place(s, "weights"),
			  "all weights are 0; leave weights out to try the trunks in order");
}

void check_trunks(struct loader *l)
{
	for (size_t i = 0; i < l->conf->trunk_group_count; i++)
		check_trunk_group(l, check_element(l, "trunk_groups", i),
				  &l->conf->trunk_groups[i]);
	for (size_t i = 0; i < l->conf->trunk_count; i++)
		check_trunk(l, check_element(l, "trunks", i), &l->conf->trunks[i]);
	if (l->conf->over_limit == OVER_LIMIT_486 &&
	    check_given(config_root_setting(&l->raw), "retry_after"))
		report_at(l, check_place(config_root_setting(&l->raw), "retry_after"),
			  "retry_after goes with 503; with over_limit 486 leave it out");
}

/* ----------------------------------------------------------- our own side */

static bool listens(const struct config *conf, enum sip_transport transport)
{
	for (size_t i = 0; i < conf->sip.listen_count; i++)
		if (conf->sip.listen[i].transport == transport)
			return true;
	return false;
}

static void check_listen(struct loader *l)
{
	static const char *const names[] = { "udp", "tcp", "tls" };
	const config_setting_t *listen = config_lookup(&l->raw, "sip.listen");
	const struct config *conf = l->conf;

	if (!listen || setting_faulty(listen))
		return;
	for (size_t i = 1; i < conf->sip.listen_count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(conf->sip.listen[i].text, conf->sip.listen[k].text))
				report_at(l, listen, "listen \"%s\" stands here twice; keep one",
					  conf->sip.listen[i].text);
	for (size_t i = 0; i < conf->trunk_count; i++) {
		const config_setting_t *s = check_element(l, "trunks", i);
		enum sip_transport transport = conf->trunks[i].transport;

		/* With TLS we may be the one who connects. */
		if (transport != TRANSPORT_TLS && !listens(conf, transport))
			report_at(l, check_place(s, "transport"),
				  "trunk %s uses %s, but listen in line %u has no \"%s:...\"; add one",
				  conf->trunks[i].name, names[transport],
				  setting_line(listen), names[transport]);
	}
}

static size_t circuits(const struct config *conf)
{
	size_t n = conf->line_count;

	for (size_t i = 0; i < conf->span_count; i++)
		n += conf->spans[i].t1 ? 23 : 30;
	return n;
}

static void check_rtp(struct loader *l)
{
	const config_setting_t *ports = config_lookup(&l->raw, "rtp.ports");
	const struct config *conf = l->conf;
	unsigned least = conf->rtp.port_min, most = conf->rtp.port_max;
	size_t calls = conf->limit.max >= 0 ? (size_t)conf->limit.max : circuits(conf);
	unsigned pairs;

	if (!ports || setting_faulty(ports))
		return;
	if (least % 2) {
		report_at(l, ports, "ports begin with %u; RTP ports are even, begin with %u",
			  least, least + 1);
		return;
	}
	pairs = (most - least + 1) / 2;
	if (pairs < calls)
		report_at(l, ports, "ports %u to %u are enough for %u call%s, but %zu are possible; a call needs two, end with %zu or more",
			  least, most, pairs, pairs == 1 ? "" : "s", calls,
			  least + 2 * calls - 1);
}

/* Who listens shows a certificate. */
static void check_certificate(struct loader *l)
{
	const config_setting_t *listen = config_lookup(&l->raw, "sip.listen");
	const config_setting_t *tls = config_lookup(&l->raw, "tls");

	if (tls)
		check_tls(l, tls, &l->conf->tls, "");
	if (listen && listens(l->conf, TRANSPORT_TLS) &&
	    !*l->conf->tls.certificate_file)
		report_at(l, listen, "listen has \"tls:...\", but there is no certificate to show; add tls = { certificate_file = \"FILE\"; key_file = \"FILE\"; }");
	if (l->conf->sip.max_connections_source > l->conf->sip.max_connections)
		report_at(l, check_place(config_lookup(&l->raw, "sip"),
					 "max_connections_source"),
			  "max_connections_source is %u, more than max_connections, %u",
			  l->conf->sip.max_connections_source,
			  l->conf->sip.max_connections);
}

void check_net(struct loader *l)
{
	check_certificate(l);
	check_listen(l);
	check_rtp(l);
}
