/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pbx/hear.h"
#include "pbx/line.h"

static const struct {
	const char *name;
	enum expect_kind kind;
	int what;		/* event or enum heard */
	char argument;		/* 0, '1' needed, '?' may follow */
} words_table[] = {
	{ "ring", EXPECT_EVENT, EVENT_RING, 0 },
	{ "off-hook", EXPECT_EVENT, EVENT_OFF_HOOK, 0 },
	{ "on-hook", EXPECT_EVENT, EVENT_ON_HOOK, 0 },
	{ "flash", EXPECT_EVENT, EVENT_FLASH, 0 },
	{ "break", EXPECT_EVENT, EVENT_BREAK, 0 },
	{ "seized", EXPECT_EVENT, EVENT_SEIZED, 0 },
	{ "played", EXPECT_EVENT, EVENT_PLAYED, 0 },
	{ "connected", EXPECT_EVENT, EVENT_CONNECTED, 0 },
	{ "lost", EXPECT_EVENT, EVENT_LOST, 0 },
	{ "polarity", EXPECT_EVENT, EVENT_POLARITY, '?' },
	{ "cadence", EXPECT_CADENCE, 0, '1' },
	{ "cas", EXPECT_EVENT, EVENT_CAS, 0 },
	{ "messages", EXPECT_EVENT, EVENT_MESSAGES, '?' },
	{ "lamp", EXPECT_EVENT, EVENT_LAMP, '?' },
	{ "setup", EXPECT_EVENT, EVENT_SETUP, '?' },
	{ "redirecting", EXPECT_EVENT, EVENT_REDIRECTING, '?' },
	{ "more-digits", EXPECT_EVENT, EVENT_MORE, 0 },
	{ "proceeding", EXPECT_EVENT, EVENT_PROCEEDING, 0 },
	{ "alerting", EXPECT_EVENT, EVENT_ALERTING, 0 },
	{ "inband", EXPECT_EVENT, EVENT_INBAND, 0 },
	{ "answered", EXPECT_EVENT, EVENT_ANSWERED, 0 },
	{ "cleared", EXPECT_EVENT, EVENT_CLEARED, '?' },
	{ "held", EXPECT_EVENT, EVENT_HELD, '?' },
	{ "restarted", EXPECT_EVENT, EVENT_RESTARTED, 0 },
	{ "service", EXPECT_EVENT, EVENT_SERVICE, '?' },
	{ "reached", EXPECT_EVENT, EVENT_REACHED, '?' },
	{ "reached-name", EXPECT_EVENT, EVENT_REACHED_NAME, '?' },
	{ "parked", EXPECT_EVENT, EVENT_PARKED, 0 },
	{ "retrieved", EXPECT_EVENT, EVENT_RETRIEVED, 0 },
	{ "refused", EXPECT_EVENT, EVENT_REFUSED, '?' },
	{ "link-up", EXPECT_EVENT, EVENT_LINK_UP, 0 },
	{ "link-down", EXPECT_EVENT, EVENT_LINK_DOWN, 0 },
	{ "digits", EXPECT_DIGITS, 0, '1' },
	{ "caller", EXPECT_CALLER, 0, '1' },
	{ "name", EXPECT_NAME, 0, '1' },
	{ "dial-tone", EXPECT_HEARD, HEARD_DIAL_TONE, 0 },
	{ "ringback", EXPECT_HEARD, HEARD_RINGBACK, 0 },
	{ "busy", EXPECT_HEARD, HEARD_BUSY, 0 },
	{ "congestion", EXPECT_HEARD, HEARD_CONGESTION, 0 },
	{ "sit", EXPECT_HEARD, HEARD_SIT, 0 },
	{ "howler", EXPECT_HEARD, HEARD_HOWLER, 0 },
	{ "tone", EXPECT_TONE, 0, '1' },
	{ "silence", EXPECT_SILENCE, 0, 0 },
	{ "voice", EXPECT_VOICE, 0, 0 },
};

static int find(const char *name, size_t len)
{
	for (unsigned i = 0; i < sizeof(words_table) / sizeof(*words_table); i++)
		if (strlen(words_table[i].name) == len &&
		    !strncmp(words_table[i].name, name, len))
			return (int)i;
	return -1;
}

static int check_argument(struct expectation *x, char *why, size_t size)
{
	char *end;

	if (x->kind != EXPECT_TONE)
		return 0;
	x->number = strtod(x->text, &end);
	if (*end || !(x->number >= 200 && x->number <= 3500)) {
		snprintf(why, size, "tone: \"%s\" is not a frequency from 200 to 3500 Hz",
			 x->text);
		return -EINVAL;
	}
	return 0;
}

/* One name out of "busy|silence|...". Those that take an argument stand last. */
static int add(struct expect *e, const char *name, size_t len, char **argument,
	       char *why, size_t size)
{
	int i = find(name, len);
	struct expectation *x = &e->any[e->count];
	bool takes;

	if (i < 0) {
		snprintf(why, size, "\"%.*s\" is nothing to expect; see help expect",
			 (int)len, name);
		return -EINVAL;
	}
	if (e->count == EXPECT_ALTERNATIVES) {
		snprintf(why, size, "more than %d alternatives", EXPECT_ALTERNATIVES);
		return -EINVAL;
	}
	*x = (struct expectation){ .kind = words_table[i].kind,
				   .event = (enum pbx_event_type)words_table[i].what,
				   .number = words_table[i].what };
	takes = words_table[i].argument == '1' || (words_table[i].argument &&
		*argument && strcmp(*argument, "within"));
	if (takes && !*argument) {
		snprintf(why, size, "%s: what? for example: expect 1 %s %s",
			 words_table[i].name, words_table[i].name,
			 x->kind == EXPECT_TONE ? "1004" : x->kind == EXPECT_NAME ?
			 "\"J. Doe\"" : x->kind == EXPECT_CADENCE ? "800/400/800" : "5551234");
		return -EINVAL;
	}
	if (takes) {
		snprintf(x->text, sizeof(x->text), "%s", *argument);
		*argument = NULL;
	}
	e->count++;
	return check_argument(x, why, size);
}

int expect_parse(struct expect *e, char **words, int count, char *why, size_t size)
{
	char *argument = count > 1 ? words[1] : NULL, *had = argument;
	const char *at = words[0];

	memset(e, 0, sizeof(*e));
	for (;;) {
		size_t len = strcspn(at, "|");
		int err = add(e, at, len, &argument, why, size);

		if (err)
			return err;
		if (!at[len])
			break;
		at += len + 1;
	}
	snprintf(e->words, sizeof(e->words), "%s%s%.60s", words[0],
		 had != argument ? " " : "", had != argument ? had : "");
	return had != argument ? 2 : 1;
}

/* Numbers of the events that are still known and not yet seen. */
static uint64_t first_event(const struct pbx *p, uint64_t seen)
{
	uint64_t oldest = p->event_count > PBX_EVENTS ?
			  p->event_count - PBX_EVENTS : 0;

	return seen > oldest ? seen : oldest;
}

/* The digits behind *seen, or the last hook change, must begin with these; then
 * all that is left of them can be expected next. */
static bool look_digits(const struct pbx_line *l, const char *want, uint64_t *seen)
{
	const struct pbx *p = l->pbx;
	size_t have = 0, len = strlen(want);
	bool wrong = false;

	for (uint64_t n = first_event(p, *seen); n < p->event_count; n++) {
		const struct pbx_event *e = &p->events[n % PBX_EVENTS];

		if (e->line != l)
			continue;
		if (e->type == EVENT_OFF_HOOK || e->type == EVENT_ON_HOOK) {
			have = 0;
			wrong = false;
		}
		if (e->type != EVENT_DIGIT || wrong)
			continue;
		if (*e->text != want[have])
			wrong = true;
		else if (++have == len) {
			*seen = n + 1;
			return true;
		}
	}
	return false;
}

/* Like 800/400/800: as many of them, each within an eighth and 60 ms. */
static bool is_cadence(const char *want, const char *rang)
{
	char *want_end, *rang_end;

	for (;;) {
		long a = strtol(want, &want_end, 10), b = strtol(rang, &rang_end, 10);

		if (want_end == want || rang_end == rang ||
		    labs(a - b) > 60 + a / 8 || *want_end != *rang_end)
			return false;
		if (!*want_end)
			return true;
		want = want_end + 1;
		rang = rang_end + 1;
	}
}

static bool is_event(const struct expectation *x, const struct pbx_event *e)
{
	switch (x->kind) {
	case EXPECT_EVENT:
		return e->type == x->event && (!*x->text || !strcmp(x->text, e->text));
	case EXPECT_CADENCE:
		return e->type == EVENT_CADENCE && is_cadence(x->text, e->text);
	case EXPECT_CALLER:
		return e->type == EVENT_CALLER && !strcmp(x->text, e->text);
	case EXPECT_NAME:
		return e->type == EVENT_CALLER && !strcmp(x->text, e->more);
	default:
		return false;
	}
}

static bool look_events(const struct expectation *x, const struct pbx_line *l,
			uint64_t *seen, char *text, size_t size)
{
	const struct pbx *p = l->pbx;

	for (uint64_t n = first_event(p, *seen); n < p->event_count; n++) {
		const struct pbx_event *e = &p->events[n % PBX_EVENTS];

		if (e->line != l || !is_event(x, e))
			continue;
		pbx_event_text(e, text, size);
		/* A caller's number and name come in one event. */
		*seen = x->kind == EXPECT_CALLER || x->kind == EXPECT_NAME ? n : n + 1;
		return true;
	}
	return false;
}

static bool look(const struct expectation *x, const struct pbx_line *l, uint64_t *seen,
		 char *text, size_t size)
{
	switch (x->kind) {
	case EXPECT_EVENT:
	case EXPECT_CADENCE:
	case EXPECT_CALLER:
	case EXPECT_NAME:
		return look_events(x, l, seen, text, size);
	case EXPECT_DIGITS:
		snprintf(text, size, "digits %s", x->text);
		return look_digits(l, x->text, seen);
	case EXPECT_HEARD:
		snprintf(text, size, "%s", heard_name((enum heard)x->number));
		return l->hear.heard == (enum heard)x->number;
	case EXPECT_TONE:
		snprintf(text, size, "tone %.0f", x->number);
		return hear_tone(&l->hear, x->number);
	case EXPECT_SILENCE:
		snprintf(text, size, "silence");
		return hear_silence(&l->hear);
	case EXPECT_VOICE:
		snprintf(text, size, "voice");
		return hear_voice(&l->hear);
	}
	return false;
}

bool expect_look(const struct expect *e, const struct pbx_line *l, uint64_t *seen,
		 char *text, size_t size)
{
	for (unsigned i = 0; i < e->count; i++)
		if (look(&e->any[i], l, seen, text, size))
			return true;
	return false;
}

void expect_instead(const struct pbx_line *l, uint64_t seen, char *text, size_t size)
{
	const struct pbx *p = l->pbx;
	char one[2 * PBX_TEXT + 32], hears[64];
	size_t used = 0;
	bool digits = false, any = false;

	*text = 0;
	for (uint64_t n = first_event(p, seen); n < p->event_count && used + 60 < size; n++) {
		const struct pbx_event *e = &p->events[n % PBX_EVENTS];

		if (e->line != l)
			continue;
		pbx_event_text(e, one, sizeof(one));
		used += (size_t)snprintf(text + used, size - used, "%s%.60s",
			digits && e->type == EVENT_DIGIT ? "" : any ? ", " : "seen: ",
			digits && e->type == EVENT_DIGIT ? e->text : one);
		digits = e->type == EVENT_DIGIT;
		any = true;
		if (used >= size)
			return;
	}
	hear_text(&l->hear, hears, sizeof(hears));
	snprintf(text + used, size - used, "%s%s%s", any ? "; " : "nothing seen; ",
		 !l->connected ? "no gateway is connected" :
		 l->off_hook ? "hears " : "on hook",
		 l->connected && l->off_hook ? hears : "");
}
