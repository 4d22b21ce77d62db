/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * check.c - the configuration against the ports that are there. What a port can
 * do is known from its driver's scan; a port that is not there (yet) cannot be
 * checked, its line will be out of service and say why.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/table.h"
#include "gateway/gateway.h"

struct check {
	const struct config *conf;
	const struct config_line *line;
	config_error_fn *error;
	void *arg;
	unsigned errors;
};

static void fail(struct check *c, const char *text)
{
	char out[512];

	snprintf(out, sizeof(out), "%s:%d: line %s: %s", c->line->place.file,
		 c->line->place.line, c->line->name, text);
	c->error(c->arg, out);
	c->errors++;
}

static void list_drivers(char *text, size_t size)
{
	size_t n = 0;

	*text = 0;
	for (size_t i = 0; line_drivers[i] && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s\"%s/...\"",
				      i ? ", " : "", line_drivers[i]->name);
}

static bool asks_reversal(const struct config_line *l)
{
	return l->polarity_answer;
}

static bool asks_wink(const struct config_line *l)
{
	return l->did_digits && l->did_when == DID_ON_WINK;
}

static bool asks_polarity(const struct config_line *l)
{
	return l->answer == LINE_ANSWER_POLARITY;
}

static bool asks_canceller(const struct config_line *l)
{
	return l->echo_ms && l->canceller == CANCELLER_CARD;
}

static bool asks_card_gain(const struct config_line *l)
{
	return l->card_rx_gain || l->card_tx_gain;
}

static bool asks_pulse(const struct config_line *l)
{
	return l->dial_method == DIAL_PULSE;
}

/* What a line's settings ask of its port. */
static const struct demand {
	enum port_kind kind;
	unsigned capability;
	bool (*asks)(const struct config_line *);
	const char *text;	/* follows "port NAME " */
} demands[] = {
	{ PORT_FXS, PORT_CAN_REVERSE, asks_reversal,
	  "cannot reverse its polarity; remove polarity_answer" },
	{ PORT_FXS, PORT_CAN_REVERSE, asks_wink,
	  "cannot reverse its polarity, which did needs for when = \"wink\"; "
	  "use when = \"answer\"" },
	{ PORT_FXS, PORT_CANCELLER, asks_canceller,
	  "has no echo canceller of its own; write echo = true" },
	{ PORT_FXO, PORT_CANCELLER, asks_canceller,
	  "has no echo canceller of its own; write echo = true" },
	{ PORT_FXS, PORT_GAIN, asks_card_gain,
	  "has no gain in its card; use rx_gain and tx_gain" },
	{ PORT_FXO, PORT_GAIN, asks_card_gain,
	  "has no gain in its card; use rx_gain and tx_gain" },
	{ PORT_FXO, PORT_SEES_REVERSAL, asks_polarity,
	  "does not see polarity reversals; use answer = \"supervised\"" },
	{ PORT_FXO, PORT_PULSE, asks_pulse,
	  "cannot dial pulses; remove dial_method" },
};

static void check_port(struct check *c, const struct port_info *p)
{
	char text[256];

	if (c->line->kind && p->kind && c->line->kind != p->kind) {
		snprintf(text, sizeof(text), "port %s is an %s port (%s), not %s; "
			 "write kind = \"%s\"", p->name, port_kind_name(p->kind),
			 p->text, port_kind_name(c->line->kind),
			 port_kind_name(p->kind));
		fail(c, text);
		return;
	}
	for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++) {
		const struct demand *d = &demands[i];

		if (d->kind != p->kind || p->capabilities & d->capability ||
		    !d->asks(c->line))
			continue;
		snprintf(text, sizeof(text), "port %s %s", p->name, d->text);
		fail(c, text);
	}
}

/* scan's callback: looks at the lines on this port. */
static int found(const struct port_info *p, void *arg)
{
	struct check *c = arg;

	for (size_t i = 0; i < c->conf->line_count; i++) {
		c->line = &c->conf->lines[i];
		if (!strcmp(p->name, c->line->port))
			check_port(c, p);
	}
	return 0;
}

static bool uses(const struct config *conf, const struct line_driver *driver)
{
	for (size_t i = 0; i < conf->line_count; i++)
		if (line_driver_find(conf->lines[i].port, NULL) == driver)
			return true;
	return false;
}

static void check_name(struct check *c)
{
	char text[256], known[128];
	const char *address;

	if (!line_driver_find(c->line->port, &address)) {
		list_drivers(known, sizeof(known));
		snprintf(text, sizeof(text), "port \"%s\": this build has no such "
			 "driver; it has %s", c->line->port, known);
		fail(c, text);
	} else if (strlen(address) >= PORT_NAME_SIZE) {
		fail(c, "the port's name is too long");
	}
}

int gateway_check(const struct config *conf, config_error_fn *error, void *arg)
{
	struct check c = { .conf = conf, .error = error, .arg = arg };

	for (size_t i = 0; i < conf->line_count; i++) {
		c.line = &conf->lines[i];
		check_name(&c);
	}
	for (size_t i = 0; line_drivers[i]; i++)
		if (line_drivers[i]->scan && uses(conf, line_drivers[i]))
			line_drivers[i]->scan(found, &c);
	return c.errors ? -EINVAL : 0;
}
